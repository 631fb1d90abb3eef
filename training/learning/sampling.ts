/**
 * The sampling settings that a run's images are drawn with, and its model's; and the Gaussian that images start from
 * (wasm-model/sampling/gaussian-start.ts), which is fitted to pictures of C channels: the mean colours of S x S squares, F = C S S numbers.
 */
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { unitValue } from "../../wasm-model/render/image/pixels.ts";
import { squareAt, startNumbers } from "../../wasm-model/sampling/gaussian-start.ts";
import type { SamplingSettings, Start } from "../../wasm-model/sampling/settings.ts";
import { MOST_COLOURS } from "../data/pixel-art.ts";
import { paddedSplit, pieces, type Split } from "../network/split.ts";
import type { Frame } from "./batches.ts";

/** The extrapolation is where a run begins: a finished model's is set to the contrast of its training images. At 64 levels `ald` stays below 1000 evaluations. */
export const SAMPLING_DEFAULTS: SamplingSettings = {
  sampler: "langevin",
  steps: 8,
  sigmaMin: 0.08,
  sigmaMax: 30,
  rho: 5,
  churn: 0.8,
  extrapolation: 1.6,
  stepsPerLevel: 15,
  relativeStep: 0.2,
};

/** Noise levels of images that start from a Gaussian: readers took them for as good as 8 from noise alone (training/LOG.md). */
const STARTED_STEPS = 7;
/** The highest of them: in squares of more pixels than 8x8 only more noise hides detail. */
const startSigma = ({ height, width }: Pick<NetworkSpec, "height" | "width">): number => 8 * Math.max(1, Math.sqrt(height * width) / 32);

/** Pixel art of many colours would get single pixels of noise that lasts, and of contrast that is raised (training/LOG.md). */
const CALM = { churn: 1, extrapolation: 1.4 };
export const isCalm = ({ palette }: Pick<StartedFrame, "palette">): boolean => palette?.length === MOST_COLOURS;

/**
 * The settings of a run's network: its images start from the Gaussian of these pictures, whatever model it goes on from. Flat areas of pixel
 * art show what more levels clean: it has as many as cost what 7 do at 32x32 pixels, but 7 to 14.
 */
export function samplingFor(pictures: Split, frame: StartedFrame): SamplingSettings {
  const { height, width } = frame.spec;
  const share = frame.palette ? Math.min(2, Math.max(1, 32 ** 2 / (height * width))) : 1;
  const { squares, means, factor } = fittedStart(pictures, frame);
  // In the schema's order, as config.json is read: a page and Node write the same bytes.
  const start = { sigmaMax: startSigma(frame.spec), squares, spread: 1, extrapolation: 1, means, factor };
  return { ...SAMPLING_DEFAULTS, ...(isCalm(frame) && CALM), steps: Math.round(share * STARTED_STEPS), start };
}

/** S. */
const SQUARES = 4;
/** Each class has so many pictures more, of the mean of all: one with a single picture would start at that picture. */
const COMMON = 4;
/** Added to each variance: a square that is the same in all pictures has none. */
const LEAST_VARIANCE = 1e-4;

/** A network, and how its pictures lie in its image. */
type StartedFrame = Frame & { readonly spec: NetworkSpec };

/**
 * The means [K, F] and the factor, F (F + 1) / 2 numbers in [-1, 1]'s units, of these pictures in their place in a network's image, and
 * mirrored too where training mirrors them.
 */
export function fittedStart(pictures: Split, frame: StartedFrame): Pick<Start, "squares" | "means" | "factor"> {
  const { classes } = frame.spec;
  const size = startNumbers({ squares: SQUARES }, frame.spec);
  const rows = squaresOf(paddedSplit(pictures, frame), frame.spec);
  const labels = [...pictures.labels];
  if (frame.mirror) {
    const mirrored = Array.from({ length: size }, (_, f) => f - (f % SQUARES) + SQUARES - 1 - (f % SQUARES));
    for (const row of rows.slice()) rows.push(row.map((_, f) => row[mirrored[f]]));
    labels.push(...pictures.labels);
  }
  const counts = new Float64Array(classes);
  const sums = Array.from({ length: classes }, () => new Float64Array(size));
  for (const [i, row] of rows.entries()) {
    counts[labels[i]]++;
    for (let f = 0; f < size; f++) sums[labels[i]][f] += row[f];
  }
  const common = COMMON * (rows.length / pictures.count);
  const overall = sums[0].map((_, f) => sums.reduce((total, sum) => total + sum[f], 0) / rows.length);
  const means = sums.map((sum, k) => sum.map((total, f) => (total + common * overall[f]) / (counts[k] + common)));
  const products = new Float64Array(size * size);
  for (const [i, row] of rows.entries()) {
    const mean = means[labels[i]];
    for (let f = 0; f < size; f++) for (let g = 0; g <= f; g++) products[f * size + g] += (row[f] - mean[f]) * (row[g] - mean[g]);
  }
  const covariance = (f: number, g: number): number => products[f * size + g] / rows.length + (f === g ? LEAST_VARIANCE : 0);
  return {
    squares: SQUARES,
    means: means.map((mean) => Array.from(mean, fourDigits)),
    factor: choleskyFactor(size, covariance).map(fourDigits),
  };
}

const fourDigits = (value: number): number => Number(value.toPrecision(4));

/** The mean colours [F] of the squares of each image, in [-1, 1]. */
function squaresOf(pictures: Split, { height, width, channels }: NetworkSpec): Float64Array[] {
  const numbers = Uint16Array.from({ length: height * width * channels }, (_, at) => {
    const [pixel, channel] = [Math.floor(at / channels), at % channels];
    const row = squareAt(Math.floor(pixel / width), height, SQUARES);
    return (channel * SQUARES + row) * SQUARES + squareAt(pixel % width, width, SQUARES);
  });
  const counts = new Float64Array(channels * SQUARES * SQUARES);
  for (const f of numbers) counts[f]++;
  const rows: Float64Array[] = [];
  for (const bytes of pieces(pictures)) {
    for (let start = 0; start < bytes.length; start += numbers.length) {
      const sums = new Float64Array(counts.length);
      for (let at = 0; at < numbers.length; at++) sums[numbers[at]] += unitValue(bytes[start + at]);
      rows.push(sums.map((sum, f) => sum / counts[f]));
    }
  }
  return rows;
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
