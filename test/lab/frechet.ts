/**
 * Fréchet distance between two sets of features, each taken as a Gaussian (Dowson & Landau 1982). With a classifier's
 * features it is the FID of Heusel et al. 2017.
 */
import { covariance, EigenvalueDecomposition, Matrix } from "ml-matrix";

export interface Moments {
  readonly mean: Float64Array;
  /** Sample covariance, divided by N - 1. */
  readonly covariance: Matrix;
}

/** Moments of N >= 2 rows of `size` numbers. */
export function momentsOf(rows: Float32Array, size: number): Moments {
  const matrix = Matrix.from1DArray(rows.length / size, size, rows);
  return { mean: Float64Array.from(matrix.mean("column")), covariance: covariance(matrix) };
}

/**
 * |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)). The trace of the root is that of the symmetric (C1^(1/2) C2
 * C1^(1/2))^(1/2), the sum of its eigenvalues.
 */
export function frechetDistance(a: Moments, b: Moments): number {
  const shift = a.mean.reduce((sum, value, i) => sum + (value - b.mean[i]) ** 2, 0);
  const { vectors, values } = decompose(a.covariance);
  const root = vectors.mmul(Matrix.diag(values.map(squareRoot))).mmul(vectors.transpose());
  const products = decompose(root.mmul(b.covariance).mmul(root));
  const overlap = products.values.reduce((sum, value) => sum + squareRoot(value), 0);
  return shift + a.covariance.trace() + b.covariance.trace() - 2 * overlap;
}

/** Square root of an eigenvalue, which rounding may have made negative. */
const squareRoot = (value: number): number => Math.sqrt(Math.max(0, value));

/** Eigenvalues, and eigenvectors as columns. */
function decompose(matrix: Matrix): { values: number[]; vectors: Matrix } {
  const symmetrized = Matrix.add(matrix, matrix.transpose()).mul(0.5);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetrized, { assumeSymmetric: true });
  return { values: realEigenvalues, vectors: eigenvectorMatrix };
}
