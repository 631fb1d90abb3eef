/** Loads the page's small images: only as many at a time as the server draws, and again when it was busy. */

/** Seconds before each further attempt; a busy server says `Retry-After: 1`. */
const WAITS = [1, 2, 4, 8];

/** Returns a function that loads all waiting tiles of the page, those of the newest call first. */
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

/** Loads an image, for at most about fifteen seconds; gives up on one that has left the page. */
async function load(image: HTMLImageElement): Promise<void> {
  const url = image.dataset.src ?? image.src;
  if (image.isConnected && !(await isLoaded(image, url))) {
    for (const seconds of WAITS) {
      image.removeAttribute("src"); // no broken image meanwhile
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
