/**
 * CMA-ES (Hansen 2016, "The CMA Evolution Strategy: A Tutorial", figure 6 with the default constants of its table 1;
 * weights of the better half only): a gradient-free search over about 3 to 30 numbers that learns the function's scales
 * and correlations. Letters as in the tutorial: n numbers, lambda candidates per generation, mu parents.
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Standard normals for candidate `index` of `generation`: the only source of randomness. */
export type Normals = (generation: number, index: number, out: Float32Array) => void;

export interface Cma {
  /** Candidates of the next generation, in the units of the start: lambda vectors of n numbers. */
  ask(): number[][];
  /** Takes the candidates' values, lower is better. */
  tell(values: readonly number[]): void;
  /** The mean of the search distribution. */
  readonly mean: readonly number[];
}

/** Begins at `start` with standard deviations `scales`, one for each number. */
export function cma(start: readonly number[], scales: readonly number[], normals: Normals, lambda = populationOf(start.length)): Cma {
  const n = start.length;
  const mu = Math.floor(lambda / 2);
  const raw = Array.from({ length: mu }, (_, i) => Math.log((lambda + 1) / 2) - Math.log(i + 1));
  const total = raw.reduce((sum, w) => sum + w, 0);
  const weights = raw.map((w) => w / total);
  const muEff = 1 / weights.reduce((sum, w) => sum + w * w, 0);
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
  const cC = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  const c1 = 2 / ((n + 1.3) ** 2 + muEff);
  const cMu = Math.min(1 - c1, (2 * (muEff - 2 + 1 / muEff)) / ((n + 2) ** 2 + muEff));
  const chiN = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));

  // In units of the scales, relative to the start.
  let mean = new Array<number>(n).fill(0);
  let sigma = 1;
  let covariance = Matrix.eye(n);
  let basis = Matrix.eye(n); // B of C = B D^2 B'
  let axes = new Array<number>(n).fill(1); // D
  let pathSigma = new Array<number>(n).fill(0);
  let pathC = new Array<number>(n).fill(0);
  let generation = 0;
  let steps: number[][] = []; // y_k = B D z_k

  const scaled = (x: readonly number[]): number[] => x.map((value, i) => start[i] + scales[i] * value);
  const rotated = (z: readonly number[]): number[] =>
    basis.to2DArray().map((row) => row.reduce((sum, b, j) => sum + b * axes[j] * z[j], 0));

  return {
    ask() {
      steps = Array.from({ length: lambda }, (_, k) => {
        const z = new Float32Array(n);
        normals(generation, k, z);
        return rotated([...z]);
      });
      return steps.map((y) => scaled(y.map((value, i) => mean[i] + sigma * value)));
    },

    tell(values) {
      const best = values
        .map((value, k) => ({ value, y: steps[k] }))
        .sort((a, b) => a.value - b.value)
        .slice(0, mu);
      const step = mean.map((_, i) => best.reduce((sum, { y }, k) => sum + weights[k] * y[i], 0)); // <y>_w
      mean = mean.map((m, i) => m + sigma * step[i]);

      // C^(-1/2) <y>_w = B D^-1 B' <y>_w
      const columns = basis.transpose().to2DArray();
      const inward = columns.map((column, j) => column.reduce((sum, b, i) => sum + b * step[i], 0) / axes[j]);
      const whitened = basis.to2DArray().map((row) => row.reduce((sum, b, j) => sum + b * inward[j], 0));
      pathSigma = pathSigma.map((p, i) => (1 - cSigma) * p + Math.sqrt(cSigma * (2 - cSigma) * muEff) * whitened[i]);
      const length = Math.hypot(...pathSigma);
      generation++;
      const isShort = length / Math.sqrt(1 - (1 - cSigma) ** (2 * generation)) < (1.4 + 2 / (n + 1)) * chiN;
      pathC = pathC.map((p, i) => (1 - cC) * p + (isShort ? Math.sqrt(cC * (2 - cC) * muEff) * step[i] : 0));
      const kept = 1 - c1 - cMu + (isShort ? 0 : c1 * cC * (2 - cC));
      covariance = new Matrix(
        covariance
          .to2DArray()
          .map((row, i) =>
            row.map(
              (c, j) => kept * c + c1 * pathC[i] * pathC[j] + cMu * best.reduce((sum, { y }, k) => sum + weights[k] * y[i] * y[j], 0),
            ),
          ),
      );
      sigma *= Math.exp((cSigma / dSigma) * (length / chiN - 1));
      const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
      basis = eigenvectorMatrix;
      axes = realEigenvalues.map((value) => Math.sqrt(Math.max(value, 1e-20)));
    },

    get mean() {
      return scaled(mean);
    },
  };
}

/** The tutorial's default number of candidates per generation, 4 + 3 ln n. */
export const populationOf = (n: number): number => 4 + Math.floor(3 * Math.log(n));
