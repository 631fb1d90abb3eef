/** The page's small pictures, asked for no more at a time than the server draws, and again when it was too busy. */

/** Seconds before each further attempt; a busy server says `Retry-After: 1`. */
const WAITS = [1, 2, 4, 8];

/** A function that loads all tiles within a part of the page, before those that still wait: `atOnce` of them at a time, whichever part they are of. */
export function tileLoader(atOnce: number): (part: ParentNode) => void {
  const waiting: HTMLImageElement[] = [];
  let busy = 0;

  async function work(): Promise<void> {
    busy++;
    for (let image = waiting.shift(); image; image = waiting.shift()) await load(image);
    busy--;
  }

  return (part) => {
    waiting.unshift(...part.querySelectorAll<HTMLImageElement>(".tiles img"));
    for (let free = atOnce - busy; free > 0; free--) work();
  };
}

/** Waits for the picture, in vain at the most some fifteen seconds; not for one that has left the page. */
async function load(image: HTMLImageElement): Promise<void> {
  const url = image.dataset.src ?? image.src;
  if (image.isConnected && !(await isLoaded(image, url))) {
    for (const seconds of WAITS) {
      image.removeAttribute("src"); // no broken picture meanwhile
      await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
      if (!image.isConnected || (await isLoaded(image, url))) return;
    }
  }
}

async function isLoaded(image: HTMLImageElement, url: string): Promise<boolean> {
  if (image.src !== url) image.src = url;
  try {
    await image.decode();
    return true;
  } catch {
    return false;
  }
}
