/** Shows an image form: frames that fade into each other while the noise level falls. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { prefersReducedMotion } from "../../widget/display.ts";
import type { Frame } from "../../widget/protocol.ts";
import { paint } from "./pixels.ts";

export interface Face {
  readonly canvas: HTMLCanvasElement;
  readonly frames: readonly Frame[];
  readonly finished: Pixels;
}

/** Milliseconds from noise to image. */
const DURATION = 1400;

/** When the annealing of a face began or will begin. */
const starts = new Map<Face, number>();

/** With reduced motion it shows the image alone. */
export function anneal(face: Face, start = performance.now()): void {
  if (prefersReducedMotion() || face.frames.length === 0) {
    paint(face.canvas, face.finished);
    return;
  }
  for (const other of starts.keys()) if (other.canvas === face.canvas) starts.delete(other);
  if (starts.size === 0) requestAnimationFrame(move);
  starts.set(face, start);
}

function move(now: number): void {
  for (const [face, start] of starts) {
    const { canvas, frames, finished } = face;
    const moment = (Math.max(0, now - start) * frames.length) / DURATION;
    paint(canvas, moment < frames.length ? between(frames, moment) : finished);
    if (moment >= frames.length) starts.delete(face);
  }
  if (starts.size > 0) requestAnimationFrame(move);
}

/** The image at a moment between two frames. */
function between(frames: readonly Frame[], moment: number): Pixels {
  const i = Math.floor(moment);
  const [frame, next] = [frames[i], frames.at(i + 1)];
  const [a, b, share] = [frame.noisy, next?.noisy ?? frame.denoised, moment - i];
  return { ...a, pixels: a.pixels.map((value, k) => value + share * (b.pixels[k] - value)) };
}
