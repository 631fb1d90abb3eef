/** The way from one image to another and back, as an animated PNG. */
import { encodeApng, type TimedImage } from "../../../wasm-model/render/image/png.ts";
import { type Options, paint } from "../shared/painter.ts";
import { inChannels } from "../shared/pixels.ts";

/** Images from one end to the other. */
const IMAGES = 25;
/** Milliseconds that an image is shown, and each end. */
const [FRAME, END] = [60, 600];

/** `onProgress`: how many images are drawn, and how many there are. Throws as `paint` does. */
export async function animationOf(model: string, options: Options, onProgress: (done: number, total: number) => void): Promise<Blob> {
  const there: TimedImage[] = [];
  for (let i = 0; i < IMAGES; i++) {
    onProgress(i, IMAGES);
    const { image } = await paint({ operation: "sample", model, options: { ...options, t: i / (IMAGES - 1) } });
    there.push({ image: inChannels(image, 3), duration: i === 0 || i === IMAGES - 1 ? END : FRAME });
  }
  return new Blob([encodeApng([...there, ...there.slice(1, -1).reverse()])], { type: "image/apng" });
}
