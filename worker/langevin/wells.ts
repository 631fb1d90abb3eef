/** A potential inside a soft wall, of round wells or by a formula: its energy, its force, and how steep it is. */
import { evaluated, type Formula, PLACES_AT_ONCE } from "./formula.ts";
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
  /** D = x - grad U, as `downhill` has it. */
  readonly denoise: ParticleDenoiser;
  /** The lowest energy, or about that. */
  readonly lowest: number;
  /** Where particles begin, if not where a scene has them begin. */
  readonly start?: Point;
}

export const wellsPotential = (wells: readonly Point[]): Potential => ({
  energy: (x, y) => energy(wells, x, y),
  denoise: downhill(wells),
  lowest: 0,
});

/** By a formula, inside the wall. Particles begin at the lowest place of a grid of the plane. */
export function formulaPotential(formula: Formula): Potential {
  const energyAt = (x: number, y: number) => evaluated(formula, x, y).value + wall(x, y);
  const places = GRID.flatMap((y) => GRID.map((x) => ({ at: [x, y] as const, energy: energyAt(x, y) })));
  const lowest = places.reduce((best, place) => (place.energy < best.energy ? place : best));
  const [x, y] = [new Float64Array(PLACES_AT_ONCE), new Float64Array(PLACES_AT_ONCE)];
  const denoise: ParticleDenoiser = (particles, _, out) => {
    for (let first = 0; first < particles.length / 2; first += PLACES_AT_ONCE) {
      const count = Math.min(PLACES_AT_ONCE, particles.length / 2 - first);
      for (let k = 0; k < count; k++) {
        x[k] = particles[2 * (first + k)];
        y[k] = particles[2 * (first + k) + 1];
      }
      formula.at(x, y, count);
      for (let k = 0; k < count; k++) {
        const slope = wallSlope(x[k], y[k]);
        out[2 * (first + k)] = x[k] - finite(formula.dx[k]) - slope * x[k];
        out[2 * (first + k) + 1] = y[k] - finite(formula.dy[k]) - slope * y[k];
      }
    }
  };
  return { energy: energyAt, denoise, start: lowest.at, lowest: lowest.energy };
}

/** Coordinates of the places that are compared, 0.1 apart. */
const GRID = Array.from({ length: 20 * HALF + 1 }, (_, i) => i / 10 - HALF);

/** A formula may have a kink, such as the tip of a cone, where it has no slope. */
const finite = (slope: number): number => (Number.isFinite(slope) ? slope : 0);

/**
 * D = x - grad U: with sigma^2 = kT the score (D - x) / sigma^2 is that of the Boltzmann distribution, -grad U / kT.
 */
export function downhill(wells: readonly Point[]): ParticleDenoiser {
  const flat = Float64Array.from(wells.flat());
  return (particles, _, out) => {
    for (let i = 0; i < particles.length; i += 2) {
      const x = particles[i];
      const y = particles[i + 1];
      let gx = 0;
      let gy = 0;
      for (let k = 0; k < flat.length; k += 2) {
        const dx = x - flat[k];
        const dy = y - flat[k + 1];
        const square = (dx * dx + dy * dy) / (WIDTH * WIDTH);
        if (square > 50) continue;
        const slope = (DEPTH / (WIDTH * WIDTH)) * Math.exp(-square / 2);
        gx += slope * dx;
        gy += slope * dy;
      }
      const slope = wallSlope(x, y);
      out[i] = x - gx - slope * x;
      out[i + 1] = y - gy - slope * y;
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
