/**
 * Fits the Gaussian that images may start from (wasm-model/sampling/gaussian-start.ts) to training images of H x W
 * pixels and C channels. It describes the mean colours of S x S squares, F = C S S numbers.
 */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { UserError } from "../../training/cli/user-error.ts";
import type { Split } from "../../training/network/split.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { unitValue } from "../../wasm-model/render/image/pixels.ts";
import { squareAt, startNumbers } from "../../wasm-model/sampling/gaussian-start.ts";
import type { Start } from "../../wasm-model/sampling/settings.ts";

/** S. For photographs of 32 pixels 4 is better than 2 and 8 (training/LOG.md). */
const SQUARES = 4;
/** The means of more classes would make the model's file large. */
const MOST_CLASSES = 256;
/** Added to each variance, since squares that are equal in all images have none. */
const LEAST_VARIANCE = 1e-6;
const BATCH = 1024;

/**
 * Fits a split's images, padded to the network's size [N, H, W, C]; numbers have four digits. Throws a UserError for
 * too many classes.
 */
export function gaussianStart(split: Split, spec: NetworkSpec): Start {
  const { classes } = spec;
  if (classes > MOST_CLASSES) {
    throw new UserError(`Expected at most ${MOST_CLASSES} classes for \`gaussian-start\` but received a model of ${classes}`);
  }
  const size = startNumbers({ squares: SQUARES }, spec);
  const counts = new Float64Array(classes);
  const sums = Array.from({ length: classes }, () => new Float64Array(size));
  const products = Matrix.zeros(size, size);
  for (let start = 0; start < split.count; start += BATCH) {
    const rows = squaresOf(split.images(start, Math.min(start + BATCH, split.count)), spec, size);
    products.add(rows.transpose().mmul(rows));
    for (let b = 0; b < rows.rows; b++) {
      const label = split.labels[start + b];
      counts[label]++;
      for (let f = 0; f < size; f++) sums[label][f] += rows.get(b, f);
    }
  }
  // A class without images gets the overall mean.
  const overall = sums[0].map((_, f) => sums.reduce((sum, of) => sum + of[f], 0) / split.count);
  const means = sums.map((sum, k) => (counts[k] > 0 ? sum.map((value) => value / counts[k]) : overall));
  const covariance = products.div(split.count);
  for (const [k, mean] of means.entries()) {
    const column = Matrix.columnVector([...mean]);
    covariance.sub(column.mmul(column.transpose()).mul(counts[k] / split.count));
  }
  const lower = new CholeskyDecomposition(covariance.add(Matrix.eye(size).mul(LEAST_VARIANCE))).lowerTriangularMatrix;
  return {
    squares: SQUARES,
    ...{ spread: 1, extrapolation: 1 },
    means: means.map((mean) => Array.from(mean, rounded)),
    factor: lower.to2DArray().flatMap((row, f) => row.slice(0, f + 1).map(rounded)),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** images [B, H, W, C], 0 to 255 -> [B, F]. */
function squaresOf(images: Uint8Array, { height, width, channels }: NetworkSpec, size: number): Matrix {
  const pixels = height * width;
  const rows = Matrix.zeros(images.length / (pixels * channels), size);
  const squareOf = Array.from({ length: pixels }, (_, at) => {
    const [y, x] = [Math.floor(at / width), at % width];
    return squareAt(y, height, SQUARES) * SQUARES + squareAt(x, width, SQUARES);
  });
  const share = new Float64Array(SQUARES * SQUARES);
  for (const square of squareOf) share[square]++;
  const row = new Float64Array(size);
  for (let b = 0; b < rows.rows; b++) {
    row.fill(0);
    for (let at = 0, i = b * pixels * channels; at < pixels; at++) {
      for (let c = 0; c < channels; c++, i++) row[c * SQUARES * SQUARES + squareOf[at]] += unitValue(images[i]);
    }
    rows.setRow(
      b,
      row.map((sum, f) => sum / share[f % share.length]),
    );
  }
  return rows;
}
