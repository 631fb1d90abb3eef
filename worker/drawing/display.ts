/** Images on the screen. */
import type { Pixels } from "../../wasm-model/render/image/png.ts";

/** How long each image stays, in milliseconds: as in the service's animations. */
const FRAME = 100;

/** Shows images that come faster than one can see, one after the other. The function that it returns adds an image, and resolves after its time. */
export function playback(show: (image: Pixels) => void, signal: AbortSignal): (image: Pixels) => Promise<void> {
  let last = Promise.resolve();
  return (image) => {
    last = last.then(async () => {
      if (signal.aborted) return;
      show(image);
      await new Promise((resolve) => setTimeout(resolve, FRAME));
    });
    return last;
  };
}

/** Whether visitors asked for reduced motion. */
export const prefersReducedMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Grey, RGB or RGBA bytes -> RGBA. */
function toImageData({ pixels, width, height, channels }: Pixels): ImageData {
  const image = new ImageData(width, height);
  const { data } = image; // a getter, too slow for each pixel
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let to = 0, from = 0; to < data.length; to += 4, from += channels) {
    data[to] = pixels[from];
    data[to + 1] = pixels[from + green];
    data[to + 2] = pixels[from + blue];
    data[to + 3] = channels === 4 ? pixels[from + 3] : 255;
  }
  return image;
}

/** Puts an image on a canvas, which gets its size. */
export function putPixels(canvas: HTMLCanvasElement, image: Pixels): void {
  const { width, height } = image;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.putImageData(toImageData(image), 0, 0);
}

/** The width of an element, in pixels of the screen. */
export const screenWidthOf = (element: Element): number => element.getBoundingClientRect().width * devicePixelRatio;
