/** Conversions between files, pixels and canvases. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { playback, prefersReducedMotion, putPixels } from "../../drawing/display.ts";
import { element, type Properties } from "./dom.ts";
import type { Drawn } from "./draw.ts";

export function contextOf(canvas: HTMLCanvasElement, settings?: CanvasRenderingContext2DSettings): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", settings);
  if (!context) throw new Error("Expected a canvas that can be drawn on but received none");
  return context;
}

/** Decodes an image file to RGBA of this size: it is scaled, and its middle cut out. */
export async function pixelsOf(file: Blob, { width, height }: { readonly width: number; readonly height: number }): Promise<Pixels> {
  const bitmap = await createImageBitmap(file);
  const context = contextOf(element("canvas", { width, height }), { willReadFrequently: true });
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  const [w, h] = [bitmap.width * scale, bitmap.height * scale];
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (width - w) / 2, (height - h) / 2, w, h);
  return { width, height, channels: 4, pixels: new Uint8Array(context.getImageData(0, 0, width, height).data) };
}

/** An RGBA image over black, in 3 channels or in 1 (grey, with the weights of ITU-R BT.601). */
export function rgbaToChannels({ width, height, pixels }: Pixels, channels: number): Pixels {
  const out = new Uint8Array(channels * width * height);
  for (let i = 0; i < width * height; i++) {
    const [red, green, blue] = [0, 1, 2].map((c) => (pixels[4 * i + c] * pixels[4 * i + 3]) / 255);
    out.set(channels === 3 ? [red, green, blue].map(Math.round) : [Math.round(0.299 * red + 0.587 * green + 0.114 * blue)], channels * i);
  }
  return { width, height, channels, pixels: out };
}

/** A canvas that shows the image. */
export function canvasOf(image: Pixels, properties: Properties<HTMLCanvasElement> = {}): HTMLCanvasElement {
  const canvas = element("canvas", properties);
  putPixels(canvas, image);
  return canvas;
}

/** Shows an image form out of noise, and with reduced motion the finished one alone. */
export function anneal(canvas: HTMLCanvasElement, { frames, image }: Drawn, signal = new AbortController().signal): void {
  const play = playback((shown) => putPixels(canvas, shown), signal);
  for (const { noisy } of prefersReducedMotion() ? [] : frames) play(noisy);
  play(image);
}
