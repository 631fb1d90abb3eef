/** An animation of the way from one seed to another and back. */
import { encodeApng, type Frame } from "../../../wasm-model/render/image/apng.ts";
import type { Painter } from "./painter.ts";
import { inChannels } from "./pixels.ts";

/** Pictures from one end to the other. */
const PICTURES = 25;
/** Milliseconds. */
const [FRAME, END] = [60, 600];

/** `onProgress`: pictures that are there, and all. Throws as `Painter.draw` does. */
export async function animationOf(
  painter: Painter,
  options: Readonly<Record<string, string>>,
  onProgress: (done: number, total: number) => void,
): Promise<Blob> {
  const { signal } = new AbortController();
  const there: Frame[] = [];
  for (let i = 0; i < PICTURES; i++) {
    onProgress(i, PICTURES);
    const t = String(i / (PICTURES - 1));
    const { picture } = await painter.draw({ operation: "sample", options: { ...options, t } }, { signal });
    there.push({
      picture: options.background === "transparent" ? picture : inChannels(picture, 3),
      duration: i === 0 || i === PICTURES - 1 ? END : FRAME,
    });
  }
  return new Blob([encodeApng([...there, ...there.slice(1, -1).reverse()])], { type: "image/apng" });
}
