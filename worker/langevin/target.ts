/** The target distribution of particles, and their distance from it, by histograms of the square [-HALF, HALF]^2. */
/** Half the width of the plane that the scenes show. */
export const HALF = 3;
/** Cells along each side. */
export const CELLS = 20;
/** Points along each side of a cell at which a density is evaluated. */
const POINTS = 6;
/** The cells, row by row from y = -HALF, and a last one for all that lies outside. */
const COUNT = CELLS * CELLS + 1;

const WIDTH = (2 * HALF) / CELLS;

/** A density of the plane, up to a factor. */
export type Density = (x: number, y: number) => number;

const cellOf = (v: number): number => Math.floor(((v + HALF) / (2 * HALF)) * CELLS);

/** Shares of the particles, cell by cell. */
export function histogram(particles: Float32Array): Float64Array {
  const shares = new Float64Array(COUNT);
  const one = 2 / particles.length;
  for (let i = 0; i < particles.length; i += 2) {
    const [column, row] = [cellOf(particles[i]), cellOf(particles[i + 1])];
    const isInside = column >= 0 && column < CELLS && row >= 0 && row < CELLS;
    shares[isInside ? row * CELLS + column : COUNT - 1] += one;
  }
  return shares;
}

/** The mean of a density over the cell around a point. */
function meanOver(density: Density, x: number, y: number): number {
  const offset = (i: number) => ((i + 0.5) / POINTS - 0.5) * WIDTH;
  let sum = 0;
  for (let j = 0; j < POINTS; j++) for (let i = 0; i < POINTS; i++) sum += density(x + offset(i), y + offset(j));
  return sum / (POINTS * POINTS);
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

/** The share of the particles that lie in the right half of the plane, in the square or outside. */
export function rightHalf(particles: Float32Array): number {
  let count = 0;
  for (let i = 0; i < particles.length; i += 2) if (particles[i] >= 0) count++;
  return (2 * count) / particles.length;
}

/** Of the cells, and of the right half of the plane. */
interface Probabilities {
  readonly cells: Float64Array;
  readonly rightHalf: number;
}

/**
 * Probabilities of the cells and of the right half, by the midpoint rule, a row at a time. Around the square, up to twice its size,
 * one point a cell is enough; farther out the density is negligible.
 */
function* probabilitiesOf(density: Density): Generator<void, Probabilities> {
  const sums = new Float64Array(COUNT);
  let right = 0;
  const middle = (cell: number) => -HALF + (cell + 0.5) * WIDTH;
  for (let row = -CELLS / 2; row < 1.5 * CELLS; row++) {
    for (let column = -CELLS / 2; column < 1.5 * CELLS; column++) {
      const [x, y] = [middle(column), middle(row)];
      const isInside = row >= 0 && row < CELLS && column >= 0 && column < CELLS;
      const mass = isInside ? meanOver(density, x, y) : density(x, y);
      sums[isInside ? row * CELLS + column : COUNT - 1] += mass;
      if (x > 0) right += mass;
    }
    yield;
  }
  const total = sums.reduce((sum, mass) => sum + mass);
  return { cells: sums.map((sum) => sum / total), rightHalf: right / total };
}

export type Target = ReturnType<typeof targetOf>;

/** The target distribution of so many particles; what it knows takes milliseconds, so it is computed when it is first asked for. */
export function targetOf(density: Density, particles: number) {
  let found: Probabilities | undefined;
  let exact: number | undefined;
  /** Computes it in parts, between which a page does other work. */
  function* prepare(): Generator<void> {
    found ??= yield* probabilitiesOf(density);
  }
  function probabilities(): Probabilities {
    for (const _ of prepare());
    return found!;
  }
  return {
    ...{ density, prepare, probabilities },
    /** The mean distance of as many exact draws. */
    exact(): number {
      exact ??= exactDistance(probabilities().cells, particles);
      return exact;
    },
    distanceOf: (drawn: Float32Array): number => distance(histogram(drawn), probabilities().cells),
  };
}
