/**
 * Small networks with random weights, as complete model files: what tests of runtimes, Worker and widget load. The
 * weights are those of an untrained network except for the gains, which start at 0 and are random here, so that every
 * branch matters.
 */
import { initialParameters } from "../../training/network/parameters.ts";
import { type ConvolutionInput, quantizePaths, quantizeWeights } from "../../training/quantize/quantize.ts";
import { FORMAT, type ModelCard } from "../../wasm-model/model/card.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { finisherCounts, parametersOf, quantizedPathsOf } from "../../wasm-model/network/count.ts";
import { ENLARGED, FINISHER_NAMES, type FinisherName } from "../../wasm-model/network/finishers.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { type NetworkSpec, RGB } from "../../wasm-model/network/spec.ts";
import { gaussianSource } from "./random-numbers.ts";

/** 8x8 grey images of three classes. Its bound is low, so that maps meet it. */
export const TINY: NetworkSpec = {
  height: 8,
  width: 8,
  channels: 1,
  classes: 3,
  sigmaData: 0.5,
  widths: [8, 16],
  encoderBlocks: [1, 1],
  decoderBlocks: [2, 2],
  bound: 1.5,
};

/** One class, of which the network takes no notice. */
export const UNCONDITIONAL: NetworkSpec = { ...TINY, classes: 1, unconditional: true };

const { bound: _, ...unbounded } = TINY;

/** The shape of the shipped model's images, with few features and no bound. */
export const SMALL: NetworkSpec = { ...unbounded, height: 28, width: 28, classes: 10, sigmaData: 0.7 };

/** 8x8 images in colour of three classes. */
export const COLOURED: NetworkSpec = { ...TINY, channels: 3 };

type Levels = Pick<NetworkSpec, "widths" | "encoderBlocks" | "decoderBlocks">;

const deep = (base: NetworkSpec, height: number, width: number, levels: Levels): NetworkSpec => ({ ...base, height, width, ...levels });

/**
 * Networks of more than two levels, by what is new in them: with maps of 4x4, of 2x2, and of odd sizes at the lowest
 * levels.
 */
export const DEEP: Readonly<Record<string, NetworkSpec>> = {
  "32x32, three levels": deep(COLOURED, 32, 32, { widths: [8, 12, 16], encoderBlocks: [1, 2, 1], decoderBlocks: [2, 2, 2] }),
  "64x64, four levels": deep(COLOURED, 64, 64, { widths: [4, 5, 8, 9], encoderBlocks: [1, 1, 1, 1], decoderBlocks: [2, 2, 2, 2] }),
  "32x24 for 30x22, three levels": deep(COLOURED, 32, 24, { widths: [8, 8, 11], encoderBlocks: [1, 1, 2], decoderBlocks: [2, 3, 2] }),
  "16x48, four levels": deep(TINY, 16, 48, { widths: [8, 8, 16, 16], encoderBlocks: [1, 1, 1, 1], decoderBlocks: [2, 2, 2, 2] }),
};

export type Form = "fp32" | "int8";

export const randomModelFile = (spec: NetworkSpec, seed: number, form: Form): Uint8Array<ArrayBuffer> =>
  writeModel(randomModel(spec, seed, form));

/** The model with the parameters that only training needs. */
export function withTraining({ card, weights }: ModelContents): ModelContents {
  const floats = new Map([...initialParameters(card.spec, "random"), ...weights.floats]);
  return { card, weights: { ...weights, floats } };
}

/** The model under other class names. */
export const labelled = ({ card, weights }: ModelContents, labels: readonly string[]): ModelContents => ({
  card: { ...card, labels },
  weights,
});

/** A network of random weights, the same for the same seed. */
export function randomModel(spec: NetworkSpec, seed: number, form: Form): ModelContents {
  const weights = randomWeights(spec, seed);
  const card = cardOf(spec);
  if (form === "fp32") return { card, weights };
  return { card, weights: quantizeWeights(spec, weights, usualInputs(quantizedPathsOf(spec), spec.bound)) };
}

/** What convolutions read: maps of unit magnitude; those of blocks come from silu, which is never below -0.28 / SILU_NORM. */
export const usualInputs = (paths: readonly string[], bound = 4): ReadonlyMap<string, ConvolutionInput> =>
  new Map(paths.map((path) => [path, { range: [/conv\d$/.test(path) ? -0.47 : -bound, bound] }]));

/** Noisy images at one noise level, of random classes; the first one is unconditional. */
export function randomInput(spec: NetworkSpec, batch: number, sigma: number, seed: number): { x: Float32Array; labels: Float32Array } {
  const gaussian = gaussianSource(seed);
  const x = Float32Array.from(
    { length: batch * spec.channels * spec.height * spec.width },
    () => gaussian() * Math.hypot(sigma, spec.sigmaData),
  );
  const labels = new Float32Array(batch * spec.classes);
  for (let b = 1; b < batch; b++) labels[b * spec.classes + ((seed + b) % spec.classes)] = 1;
  return { x, labels };
}

export function cardOf(spec: NetworkSpec): ModelCard {
  return {
    format: FORMAT,
    name: "random",
    spec,
    labels: Array.from({ length: spec.classes }, (_, i) => `Class ${i}`),
    dataRange: [-1, 1],
    sampling: {
      sampler: "langevin",
      steps: 4,
      sigmaMin: 0.05,
      sigmaMax: 20,
      rho: 7,
      churn: 0.85,
      extrapolation: 1.5,
      stepsPerLevel: 10,
      relativeStep: 0.2,
    },
    training: { data: "none", dataLicence: "CC0-1.0", network: "tiny", images: 0, seed: "random" },
  };
}

/** Filters of unit norm, gains around 0.3: so samplers stay near the data range, as with a trained network. */
function randomWeights(spec: NetworkSpec, seed: number): Weights {
  const gaussian = gaussianSource(seed);
  const floats = new Map<string, Float32Array>();
  for (const [path, { shape, kind, trainingOnly }] of parametersOf(spec)) {
    if (trainingOnly) continue;
    const values = Float32Array.from({ length: shape.reduce((product, n) => product * n, 1) }, gaussian);
    if (kind === "gain") values[0] = 0.3 + 0.1 * values[0];
    if (kind === "conv" || kind === "linear") normalizeRows(values, shape[0]);
    floats.set(path, values);
  }
  return { floats, convolutions: new Map() };
}

function normalizeRows(values: Float32Array, rows: number): void {
  const size = values.length / rows;
  for (let row = 0; row < rows; row++) {
    const filter = values.subarray(row * size, (row + 1) * size);
    const norm = Math.hypot(...filter);
    for (let i = 0; i < size; i++) filter[i] = filter[i] / norm;
  }
}

/** In place of the enlarger: leaves the smooth enlargement as it is. */
export const addsNothing = async (image: Float32Array): Promise<Float32Array> => new Float32Array(ENLARGED * ENLARGED * image.length);

/** Of two lists of numbers at one place; infinite if one is longer. */
export const largestDifference = (a: Float32Array, b: ArrayLike<number>): number =>
  a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0) : Number.POSITIVE_INFINITY;

/** `largestDifference` in multiples of the largest value that is expected. */
export const relativeDifference = (actual: Float32Array, expected: Float32Array): number =>
  largestDifference(actual, expected) / expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** An image [3, height, width] about as large as the data range, with some values beyond it. */
export function randomImage(height: number, width: number, seed: number): Float32Array {
  const gaussian = gaussianSource(seed);
  return Float32Array.from({ length: RGB * height * width }, () => 0.5 * gaussian());
}

/** The ground of random models with a matte. */
const GROUND = "fdf6e3";

/** The model with finishers of its own. */
export function withFinishers({ card, ...model }: ModelContents, seed: number, ...names: readonly FinisherName[]): ModelContents {
  const form = model.weights.convolutions.size > 0 ? "int8" : "fp32";
  const training = { ...card.training, pictures: { crop: "cover", background: GROUND } };
  const finishers = Object.fromEntries(names.map((name) => [name, randomFinisher(name, seed, form)]));
  return { ...model, card: names.includes("matte") ? { ...card, training, cutOut: true } : card, ...finishers };
}

/** The model with all finishers of its own, and the colours of pixel art. */
export function cutOut(model: ModelContents, seed: number): ModelContents {
  const { card, ...rest } = withFinishers(model, seed, ...FINISHER_NAMES);
  return { ...rest, card: { ...card, palette: ["073642", "268bd2", "2aa198", "859900", "b58900", "cb4b16", "d33682", "eee8d5"] } };
}

/** The logits of a random matte are as far from 0 as those of one that has learned. */
const GAINS = { enlarger: 0.3, matte: 6 } as const satisfies Record<FinisherName, number>;

export function randomFinisher(name: FinisherName, seed: number, form: Form): Weights {
  const gaussian = gaussianSource(seed);
  const counts = finisherCounts(name);
  const floats = new Map<string, Float32Array>();
  for (const [path, { shape, kind }] of counts.parameters) {
    const fanIn = shape.slice(1).reduce((product, n) => product * n, 1);
    const length = (shape[0] ?? 1) * fanIn;
    floats.set(path, kind === "gain" ? Float32Array.of(GAINS[name]) : Float32Array.from({ length }, () => gaussian() / Math.sqrt(fanIn)));
  }
  const exact: Weights = { floats, convolutions: new Map() };
  return form === "fp32" ? exact : quantizePaths(counts, exact, usualInputs(counts.quantized));
}
