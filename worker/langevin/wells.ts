/** A potential of round wells inside a soft wall: its energy, its force, and how steep it is. */
import type { ParticleDenoiser } from "./particles.ts";
import type { Point } from "./points.ts";
import { HALF } from "./target.ts";

/** Depth of a well, the unit of energy, and its width. */
const DEPTH = 1;
const WIDTH = 0.45;
/** Beyond this radius a wall rises, (WALL / 2) (r - RADIUS)^2. */
const RADIUS = 2;
const WALL = 4;
/** Energy above the lowest, in kT, up to which particles come. */
const VISITED = 10;

/** The potential U at a point. */
export function energy(wells: readonly Point[], x: number, y: number): number {
  const wall = (WALL / 2) * Math.max(0, Math.hypot(x, y) - RADIUS) ** 2;
  return wells.reduce((sum, [wx, wy]) => sum - DEPTH * Math.exp(-((x - wx) ** 2 + (y - wy) ** 2) / (2 * WIDTH ** 2)), wall);
}

/** D = x - grad U: with sigma^2 = kT the score (D - x) / sigma^2 is that of the Boltzmann distribution, -grad U / kT. */
export function wellsDenoiser(wells: readonly Point[]): ParticleDenoiser {
  const flat = Float64Array.from(wells.flat());
  return (particles, _, out) => {
    for (let i = 0; i < particles.length; i += 2) {
      const [x, y] = [particles[i], particles[i + 1]];
      const radius = Math.sqrt(x * x + y * y);
      const kept = radius > RADIUS ? 1 - (WALL * (radius - RADIUS)) / radius : 1;
      let [left, down] = [x * kept, y * kept];
      for (let k = 0; k < flat.length; k += 2) {
        const [dx, dy] = [x - flat[k], y - flat[k + 1]];
        const slope = (DEPTH / WIDTH ** 2) * Math.exp(-(dx * dx + dy * dy) / (2 * WIDTH ** 2));
        left -= slope * dx;
        down -= slope * dy;
      }
      out[i] = left;
      out[i + 1] = down;
    }
  };
}

/**
 * The largest curvature of an energy (the largest eigenvalue of its Hessian) where particles come at a temperature, by
 * central differences on a grid of the plane. An Euler step dt / gamma is stable below 2 / k, a step of BAOAB below 2 /
 * sqrt(k).
 */
export function largestCurvature(energyAt: (x: number, y: number) => number, temperature: number): number {
  const count = 61;
  const h = (2 * HALF) / (count - 1);
  const grid = Float64Array.from({ length: count * count }, (_, i) => energyAt(-HALF + (i % count) * h, -HALF + Math.floor(i / count) * h));
  const highest = grid.reduce((least, value) => Math.min(least, value), Infinity) + VISITED * temperature;
  let largest = 0;
  for (let row = 1; row < count - 1; row++) {
    for (let column = 1; column < count - 1; column++) {
      const at = (right: number, up: number) => grid[(row + up) * count + column + right];
      if (at(0, 0) > highest) continue;
      const xx = (at(1, 0) - 2 * at(0, 0) + at(-1, 0)) / (h * h);
      const yy = (at(0, 1) - 2 * at(0, 0) + at(0, -1)) / (h * h);
      const xy = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * h * h);
      largest = Math.max(largest, (xx + yy) / 2 + Math.hypot((xx - yy) / 2, xy));
    }
  }
  return largest;
}
