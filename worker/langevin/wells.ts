/** A potential inside a soft wall, of round wells or by a formula: its energy, its force, and how steep it is. */
import type { Formula } from "./formula.ts";
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
/** Half the distance between the places whose difference is a formula's slope. */
const STEP = 1e-3;

const wall = (x: number, y: number): number => (WALL / 2) * Math.max(0, Math.hypot(x, y) - RADIUS) ** 2;

/** The wall's slope at a point, over its radius. */
function wallSlope(x: number, y: number): number {
  const radius = Math.sqrt(x * x + y * y);
  return radius > RADIUS ? (WALL * (radius - RADIUS)) / radius : 0;
}

/** The potential U at a point. */
export const energy = (wells: readonly Point[], x: number, y: number): number =>
  wells.reduce((sum, [wx, wy]) => sum - DEPTH * Math.exp(-((x - wx) ** 2 + (y - wy) ** 2) / (2 * WIDTH ** 2)), wall(x, y));

/** A potential, and what particles in it need. */
export interface Potential {
  energy(x: number, y: number): number;
  /** D = x - grad U: with sigma^2 = kT the score (D - x) / sigma^2 is that of the Boltzmann distribution, -grad U / kT. */
  readonly denoise: ParticleDenoiser;
  /** The lowest energy, or about that. */
  readonly lowest: number;
  /** Where particles begin, if not where a scene has them begin. */
  readonly start?: Point;
}

export function wellsPotential(wells: readonly Point[]): Potential {
  const flat = Float64Array.from(wells.flat());
  const denoise = downhill((x, y, slopes) => {
    for (let k = 0; k < flat.length; k += 2) {
      const [dx, dy] = [x - flat[k], y - flat[k + 1]];
      const slope = (DEPTH / WIDTH ** 2) * Math.exp(-(dx * dx + dy * dy) / (2 * WIDTH ** 2));
      slopes[0] += slope * dx;
      slopes[1] += slope * dy;
    }
  });
  return { energy: (x, y) => energy(wells, x, y), denoise, lowest: 0 };
}

/** By a formula. Its slopes are central differences. Particles begin at the lowest place of a grid of the plane. */
export function formulaPotential(formula: Formula): Potential {
  const energyAt = (x: number, y: number) => formula(x, y) + wall(x, y);
  const places = GRID.flatMap((y) => GRID.map((x) => ({ at: [x, y] as const, energy: energyAt(x, y) })));
  const lowest = places.reduce((best, place) => (place.energy < best.energy ? place : best));
  const denoise = downhill((x, y, slopes) => {
    slopes[0] = finite((formula(x + STEP, y) - formula(x - STEP, y)) / (2 * STEP));
    slopes[1] = finite((formula(x, y + STEP) - formula(x, y - STEP)) / (2 * STEP));
  });
  return { energy: energyAt, denoise, start: lowest.at, lowest: lowest.energy };
}

/** Coordinates of the places that are compared, 0.1 apart. */
const GRID = Array.from({ length: 20 * HALF + 1 }, (_, i) => i / 10 - HALF);

/** Outside of the plane a formula may have no value. */
const finite = (slope: number): number => (Number.isFinite(slope) ? slope : 0);

/** D = x - grad U. `add` adds the slopes of the potential without its wall to zeros. */
function downhill(add: (x: number, y: number, slopes: Float64Array) => void): ParticleDenoiser {
  const slopes = new Float64Array(2);
  return (particles, _, out) => {
    for (let i = 0; i < particles.length; i += 2) {
      const [x, y] = [particles[i], particles[i + 1]];
      add(x, y, slopes.fill(0));
      const steep = 1 - wallSlope(x, y);
      out[i] = x * steep - slopes[0];
      out[i + 1] = y * steep - slopes[1];
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
