/** The points beside the image, of seven modes, moved by the same rule through the same noise levels. */
import { type Component, mixtureDenoiser } from "../../langevin/mixture.ts";
import { gaussianCloud } from "../../langevin/particles.ts";
import { HALF } from "../../langevin/target.ts";
import { contextOf } from "../shared/pixels.ts";

export type Side = "noisy" | "predicted";

const POINTS = 400;
/** Seven modes on a ring. */
const MODES: readonly Component[] = Array.from({ length: 7 }, (_, i) => {
  const turn = (2 * Math.PI * i) / 7;
  return { weight: 1 / 7, x: 1.7 * Math.cos(turn), y: 1.7 * Math.sin(turn), std: 0.12 };
});
/** Their spread, and that of images, whose noise levels are given. */
const [SPREAD, OF_IMAGES] = [1.2, 0.5];

/** At each level the noisy points x, shrunk as noisy images are, and D(x, sigma); then x <- D + (sigma' / sigma) (x - D). */
export function annealed(sigmas: readonly number[]): Record<Side, Float32Array>[] {
  const denoise = mixtureDenoiser(MODES);
  const levels = sigmas.map((sigma) => (sigma * SPREAD) / OF_IMAGES);
  let x = gaussianCloud({ particles: POINTS, seed: 1 }, "start").map((z) => levels[0] * z);
  return levels.map((sigma, i) => {
    const predicted = new Float32Array(x.length);
    denoise(x, sigma, predicted);
    const shrunk = 1 / Math.sqrt(1 + (sigma / SPREAD) ** 2);
    const noisy = x.map((value) => shrunk * value);
    const next = (levels[i + 1] ?? 0) / sigma;
    x = x.map((value, k) => predicted[k] + next * (value - predicted[k]));
    return { noisy, predicted };
  });
}

export function drawPoints(canvas: HTMLCanvasElement, points: Float32Array): void {
  const context = contextOf(canvas);
  const { width } = canvas;
  context.clearRect(0, 0, width, width);
  context.fillStyle = getComputedStyle(canvas).color;
  for (let i = 0; i < points.length; i += 2) {
    const [left, top] = [points[i], -points[i + 1]].map((v) => ((v + HALF) / (2 * HALF)) * width);
    context.fillRect(left - 2, top - 2, 4, 4);
  }
}
