/**
 * Fits the Gaussian that images start from (wasm-model/sampling/gaussian-start.ts) to pictures of C channels: the mean colours of
 * S x S squares, F = C S S numbers.
 */
import type { CroppedShape } from "../../wasm-model/model/card.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { unitValue } from "../../wasm-model/render/image/pixels.ts";
import { squareAt, startNumbers } from "../../wasm-model/sampling/gaussian-start.ts";
import type { Start } from "../../wasm-model/sampling/settings.ts";
import { paddedSplit, type Split } from "../network/split.ts";

/** S. */
const SQUARES = 4;
/** So many pictures of each class are taken to be like those of all: one with a single picture would start at that picture. */
const COMMON = 4;
/** Added to each variance: a square that is the same in all pictures has none. */
const LEAST_VARIANCE = 1e-4;

/** A network, and where its pictures lie in its image. */
export type StartedFrame = CroppedShape & { readonly spec: NetworkSpec };

/** The start of these pictures' kind, in their place in a network's image. */
export function fittedStart(pictures: Split, frame: StartedFrame): Pick<Start, "squares" | "means" | "factor"> {
  const { spec } = frame;
  const padded = paddedSplit(pictures, frame);
  const rows = Array.from({ length: padded.count }, (_, i) => squaresOf(padded.images(i, i + 1), spec));
  const sums = Array.from({ length: spec.classes }, () => new Float64Array(startNumbers({ squares: SQUARES }, spec)));
  const counts = new Float64Array(spec.classes);
  for (const [i, row] of rows.entries()) {
    counts[padded.labels[i]]++;
    for (const [f, value] of row.entries()) sums[padded.labels[i]][f] += value;
  }
  const overall = sums[0].map((_, f) => sums.reduce((total, sum) => total + sum[f], 0) / rows.length);
  const means = sums.map((sum, k) => sum.map((total, f) => (total + COMMON * overall[f]) / (counts[k] + COMMON)));
  const deviations = rows.map((row, i) => row.map((value, f) => value - means[padded.labels[i]][f]));
  const covariance = (f: number, g: number): number => deviations.reduce((sum, row) => sum + row[f] * row[g], 0) / rows.length;
  return {
    squares: SQUARES,
    means: means.map((mean) => Array.from(mean, rounded)),
    factor: choleskyFactor(overall.length, (f, g) => covariance(f, g) + (f === g ? LEAST_VARIANCE : 0)).map(rounded),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** The mean colours [F] of an image's squares [1, H, W, C], in [-1, 1]. */
function squaresOf(image: Uint8Array, spec: NetworkSpec): Float64Array {
  const { height, width, channels } = spec;
  const sums = new Float64Array(startNumbers({ squares: SQUARES }, spec));
  const counts = new Float64Array(sums.length);
  for (const [at, byte] of image.entries()) {
    const pixel = Math.floor(at / channels);
    const [row, column] = [squareAt(Math.floor(pixel / width), height, SQUARES), squareAt(pixel % width, width, SQUARES)];
    const f = ((at % channels) * SQUARES + row) * SQUARES + column;
    sums[f] += unitValue(byte);
    counts[f]++;
  }
  return sums.map((sum, f) => sum / counts[f]);
}

/** The lower triangle L of L L' = a positive definite matrix [F, F], row by row. */
function choleskyFactor(size: number, valueAt: (row: number, column: number) => number): number[] {
  const rows: number[][] = [];
  for (let f = 0; f < size; f++) {
    const row: number[] = [];
    for (let g = 0; g <= f; g++) {
      const of = rows[g] ?? row;
      const rest = row.reduce((value, entry, k) => value - entry * of[k], valueAt(f, g));
      row.push(g === f ? Math.sqrt(rest) : rest / of[g]);
    }
    rows.push(row);
  }
  return rows.flat();
}
