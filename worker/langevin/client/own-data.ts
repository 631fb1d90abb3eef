/** Points pasted as text, or from a file of numbers or an image, chosen or dropped on the plane. */
import { find } from "../../site/client/dom.ts";
import type { Point } from "../controls.ts";
import { pointsFromDarkness, pointsFromText } from "../own-points.ts";

/** Pixels along the longer side to which an image is reduced. */
const SIZE = 64;

/** `use`: takes the points; `fail`: is told why there are none. */
export function takeOwnData(
  canvases: HTMLElement,
  most: number,
  use: (points: readonly Point[]) => void,
  fail: (why: string) => void,
): void {
  const take = (points: readonly Point[], why: string) => (points.length > 0 ? use(points) : fail(why));
  const takeText = (text: string) => take(pointsFromText(text, most), "No line there has two numbers, as in “1.5, -0.2”.");
  find("#use-points", HTMLButtonElement).addEventListener("click", () => takeText(find("#own-points", HTMLTextAreaElement).value));
  canvases.addEventListener("dragover", (event) => event.preventDefault());
  canvases.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) takeFile(file);
    else takeText(event.dataTransfer?.getData("text/plain") ?? "");
  });
  const chosen = find("#own-file", HTMLInputElement);
  chosen.addEventListener("change", () => {
    if (chosen.files?.[0]) takeFile(chosen.files[0]);
  });
  async function takeFile(file: File): Promise<void> {
    if (!file.type.startsWith("image/")) return takeText(await file.text());
    const image = await darknessOf(file).catch(() => undefined);
    take(image ? pointsFromDarkness(image.darkness, image.width, most) : [], "That file has no dark pixels that a browser can read.");
  }
}

/** Of each pixel, 0 for white or transparent to 1 for black. */
async function darknessOf(file: File): Promise<{ readonly darkness: Float32Array; readonly width: number }> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, SIZE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.max(1, Math.round(scale * bitmap.width)), Math.max(1, Math.round(scale * bitmap.height))];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d")!;
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const darkness = Float32Array.from({ length: width * height }, (_, i) => {
    const [red, green, blue, alpha] = data.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
    return (alpha / 255) * (1 - (0.299 * red + 0.587 * green + 0.114 * blue) / 255);
  });
  return { darkness, width };
}
