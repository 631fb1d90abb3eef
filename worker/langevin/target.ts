/** The target distribution of particles, and their distance from it, by histograms of the square [-HALF, HALF]^2. */
import type { RandomNumbers } from "./random-numbers.ts";

/** Half the width of the plane that the scenes show. */
export const HALF = 3;
/** Cells along each side. */
export const CELLS = 20;
/** Points along each side of a cell at which a density is evaluated. */
const POINTS = 6;
/** The cells, row by row from y = -HALF, and a last one for all that lies outside. */
const COUNT = CELLS * CELLS + 1;

/** The smallest mean distance that particles can have: that of as many exact draws. */
export const best = (particles: number): string => `Best possible with ${particles} points`;

const WIDTH = (2 * HALF) / CELLS;
/** A cell's density exceeds the largest at its points by less than this factor. */
const BOUND = 1.5;

/** A density so narrow that a draw takes more tries is not drawn exactly. */
const TRIES = 1000;

/** A density of the plane, up to a factor. */
export type Density = (x: number, y: number) => number;

const edgeOf = (cell: number): number => -HALF + cell * WIDTH;
const cellOf = (v: number): number => Math.floor(((v + HALF) / (2 * HALF)) * CELLS);

/** Shares of the particles, cell by cell. */
export function histogram(particles: Float32Array): Float64Array {
  const shares = new Float64Array(COUNT);
  const one = 2 / particles.length;
  for (let i = 0; i < particles.length; i += 2) {
    const column = cellOf(particles[i]);
    const row = cellOf(particles[i + 1]);
    const inside = column >= 0 && column < CELLS && row >= 0 && row < CELLS;
    shares[inside ? row * CELLS + column : COUNT - 1] += one;
  }
  return shares;
}

/** Probabilities of the cells, by the midpoint rule. */
export function probabilities(density: Density): Float64Array {
  const rows = probabilitiesByRow(density);
  for (;;) {
    const { value, done } = rows.next();
    if (done) return value;
  }
}

/**
 * The same in parts: it yields after each row of cells. Around the square, up to twice its size, one point a cell is
 * enough; farther out the density is negligible.
 */
export function* probabilitiesByRow(density: Density): Generator<void, Float64Array> {
  const sums = new Float64Array(COUNT);
  const middle = (cell: number) => edgeOf(cell) + WIDTH / 2;
  for (let row = -CELLS / 2; row < 1.5 * CELLS; row++) {
    for (let column = -CELLS / 2; column < 1.5 * CELLS; column++) {
      const [x, y] = [middle(column), middle(row)];
      const isInside = row >= 0 && row < CELLS && column >= 0 && column < CELLS;
      if (isInside) sums[row * CELLS + column] = meanOver(density, x, y);
      else sums[COUNT - 1] += density(x, y);
    }
    yield;
  }
  const total = sums.reduce((sum, mass) => sum + mass);
  return sums.map((sum) => sum / total);
}

/** The mean of a density over the cell around a point. */
function meanOver(density: Density, x: number, y: number): number {
  const offset = (i: number) => ((i + 0.5) / POINTS - 0.5) * WIDTH;
  let sum = 0;
  for (let j = 0; j < POINTS; j++) for (let i = 0; i < POINTS; i++) sum += density(x + offset(i), y + offset(j));
  return sum / (POINTS * POINTS);
}

/** The cell at a place in the cumulative probabilities. */
function pickCell(cells: Float64Array, place: number): number {
  let left = place;
  for (let cell = 0; cell < COUNT - 2; cell++) {
    left -= cells[cell];
    if (left < 0) return cell;
  }
  return COUNT - 2;
}

/** The largest density at a cell's points, its edges included. */
function largestIn(density: Density, left: number, bottom: number): number {
  let largest = 0;
  for (let j = 0; j <= POINTS; j++) {
    for (let i = 0; i <= POINTS; i++) largest = Math.max(largest, density(left + (i / POINTS) * WIDTH, bottom + (j / POINTS) * WIDTH));
  }
  return largest;
}

/** Total variation, 1/2 sum |p - q|: the share of the particles that lie in the wrong cell. 0 to 1. */
export function distance(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += Math.abs(p[i] - q[i]);
  return sum / 2;
}

/**
 * The mean distance of n exact draws from the cells' probabilities. A cell's count is binomial; its mean absolute
 * deviation is 2 nu C(n, nu) p^nu q^(n - nu + 1) with nu = floor(n p) + 1 (De Moivre 1730; Diaconis & Zabell 1991).
 */
export function exactDistance(p: Float64Array, n: number): number {
  const logFactorials = new Float64Array(n + 1);
  for (let k = 2; k <= n; k++) logFactorials[k] = logFactorials[k - 1] + Math.log(k);
  let sum = 0;
  for (const probability of p) {
    if (probability <= 0 || probability >= 1) continue;
    const nu = Math.floor(n * probability) + 1;
    const logChoose = logFactorials[n] - logFactorials[nu] - logFactorials[n - nu];
    sum += 2 * nu * Math.exp(logChoose + nu * Math.log(probability) + (n - nu + 1) * Math.log1p(-probability));
  }
  return sum / (2 * n);
}

/** Sums of the columns: probabilities of x, or its histogram. */
export function marginal(shares: Float64Array): Float64Array {
  const sums = new Float64Array(CELLS);
  for (let i = 0; i < CELLS * CELLS; i++) sums[i % CELLS] += shares[i];
  return sums;
}

/** The weight of the right half of the plane. */
export const rightHalf = (shares: Float64Array): number =>
  marginal(shares).reduce((sum, share, i, { length }) => sum + (2 * i >= length ? share : 0), 0);

export class Target {
  readonly density: Density;
  readonly particles: number;
  #cells: Float64Array | undefined;
  #exact: number | undefined;

  constructor(density: Density, particles: number) {
    this.density = density;
    this.particles = particles;
  }

  /** Computes the cells in parts. */
  *prepare(): Generator<void> {
    this.#cells ??= yield* probabilitiesByRow(this.density);
  }

  /** Probabilities of the cells, computed on first use unless `prepare` did. */
  get cells(): Float64Array {
    this.#cells ??= probabilities(this.density);
    return this.#cells;
  }

  /** The probability of all that lies outside of the square. */
  get outside(): number {
    return this.cells[COUNT - 1];
  }

  /** The mean distance of as many exact draws. */
  get exact(): number {
    this.#exact ??= exactDistance(this.cells, this.particles);
    return this.#exact;
  }

  /**
   * Exact draws from the target within the square: a cell by its probability, then a place in it by rejection, below
   * BOUND times the largest density at its points.
   */
  draws(count: number, random: RandomNumbers): Float32Array {
    const inside = 1 - this.outside;
    const bounds = new Map<number, number>();
    const out = new Float32Array(2 * count);
    for (let i = 0; i < out.length; ) {
      const cell = pickCell(this.cells, random.uniform() * inside);
      const [left, bottom] = [edgeOf(cell % CELLS), edgeOf(Math.floor(cell / CELLS))];
      const bound = bounds.get(cell) ?? BOUND * largestIn(this.density, left, bottom);
      bounds.set(cell, bound);
      let [x, y] = [0, 0];
      let tries = 0;
      do [x, y] = [left + WIDTH * random.uniform(), bottom + WIDTH * random.uniform()];
      while (random.uniform() * bound > this.density(x, y) && ++tries < TRIES);
      out[i++] = x;
      out[i++] = y;
    }
    return out;
  }

  distanceOf(particles: Float32Array): number {
    return distance(histogram(particles), this.cells);
  }
}
