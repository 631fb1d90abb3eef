/** Shows an image form: frames that fade into each other while the noise level falls. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { prefersReducedMotion } from "../../widget/display.ts";
import type { Frame } from "../../widget/protocol.ts";
import { paint } from "./pixels.ts";

/** Milliseconds from noise to image. */
const DURATION = 1400;

/** What moves each canvas: the newest call. */
const movers = new Map<HTMLCanvasElement, FrameRequestCallback>();

/** With reduced motion it shows the finished image alone. */
export function anneal(canvas: HTMLCanvasElement, frames: readonly Frame[], finished: Pixels): void {
  const start = performance.now();
  const move = (now: number): void => {
    if (movers.get(canvas) !== move) return;
    const moment = prefersReducedMotion() ? Infinity : (Math.max(0, now - start) * frames.length) / DURATION;
    paint(canvas, moment < frames.length ? between(frames, moment) : finished);
    if (moment < frames.length) requestAnimationFrame(move);
  };
  movers.set(canvas, move);
  move(start);
}

/** The image at a moment between two frames. */
function between(frames: readonly Frame[], moment: number): Pixels {
  const i = Math.floor(moment);
  const [frame, next] = [frames[i], frames.at(i + 1)];
  const [a, b, share] = [frame.noisy, next?.noisy ?? frame.denoised, moment - i];
  return { ...a, pixels: a.pixels.map((value, k) => value + share * (b.pixels[k] - value)) };
}
