/** Draws the score over an image. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";

/** Length of the mark for a change from black to white, in pixels. Marks longer than one pixel are cut. */
const SCALE = 3;

/**
 * One mark for each pixel: sigma^2 times the score, D(x, sigma) - x, at the contrast of the image shown. It points up
 * and is light where the pixel should become lighter, down and dark where it should become darker.
 */
export function drawScore(canvas: HTMLCanvasElement, noisy: Pixels, denoised: Pixels): void {
  const { width, height, channels } = noisy;
  const side = Math.max(4, Math.round((canvas.clientWidth * devicePixelRatio) / width));
  if (canvas.width !== width * side || canvas.height !== height * side)
    Object.assign(canvas, { width: width * side, height: height * side });
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.lineWidth = Math.max(1, side / 9);
  const [lighter, darker] = [new Path2D(), new Path2D()];
  for (let i = 0; i < width * height; i++) {
    let change = 0;
    for (let c = 0; c < channels; c++) change += denoised.pixels[channels * i + c] - noisy.pixels[channels * i + c];
    const length = Math.max(-1, Math.min(1, (SCALE * change) / (255 * channels)));
    if (Math.abs(length) < 0.04) continue;
    const [x, y] = [((i % width) + 0.5) * side, (Math.floor(i / width) + 0.5) * side];
    const path = length > 0 ? lighter : darker;
    path.moveTo(x, y);
    path.lineTo(x, y - 0.9 * length * side);
  }
  context.strokeStyle = "#ffc94d";
  context.stroke(lighter);
  context.strokeStyle = "#5b7bff";
  context.stroke(darker);
}
