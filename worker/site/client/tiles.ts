/** The page's small pictures, asked for no more at a time than the server draws, and again when it was too busy. */

/** Seconds before each further attempt; a busy server says `Retry-After: 1`. */
const WAITS = [1, 2, 4, 8];

/** A function that loads all tiles of the page that wait; those of the newest call go first. */
export function pageTiles(): () => void {
  const waiting: HTMLImageElement[] = [];
  const known = new WeakSet<HTMLImageElement>();
  let busy = 0;

  async function work(): Promise<void> {
    busy++;
    for (let image = waiting.shift(); image; image = waiting.shift()) await load(image);
    busy--;
  }

  return () => {
    const images = [...document.querySelectorAll<HTMLImageElement>(".tiles img")].filter((image) => !known.has(image));
    for (const image of images) known.add(image);
    waiting.unshift(...images);
    const atOnce = Number(document.querySelector<HTMLElement>("[data-at-once]")?.dataset.atOnce ?? 1);
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
