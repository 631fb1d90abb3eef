/**
 * Training batches as pure functions of (seed, step): nothing to store, so a resumed run continues the very same random streams.
 * B images of H W C values each (the size that the network takes), K classes.
 */
import { gaussians, type RandomState, seedState, uniforms } from "../wasm-model/sampling/random.ts";
import type { Split } from "./data/load.ts";
import { type Frame, padded } from "./data/pad.ts";
import { Epochs } from "./epochs.ts";
import type { Recipe } from "./recipe.ts";

export interface Batch {
  /** Clean images, B*H*W*C values in [-1, 1]. */
  readonly clean: Float32Array;
  /** Standard normal noise of the same size. */
  readonly noise: Float32Array;
  /** Noise levels, B values. */
  readonly sigma: Float32Array;
  /** One-hot classes, B*K values; zeros where the label was dropped. */
  readonly label: Float32Array;
}

/** Draws batches of `size` images from a split: every epoch visits all images once, in an order of its own. */
export class BatchSource {
  private readonly epochs: Epochs;
  private readonly split: Split;
  private readonly classes: number;
  private readonly size: number;
  private readonly recipe: Recipe;
  private readonly frame: Frame | undefined;
  private readonly streams: Record<"noise" | "sigma" | "dropout", RandomState>;

  /** `frame`: what the images are padded to. */
  constructor(split: Split, classes: number, size: number, recipe: Recipe, seed: string, frame?: Frame) {
    this.split = split;
    this.classes = classes;
    this.size = size;
    this.recipe = recipe;
    this.frame = frame;
    const stream = (name: string): RandomState => seedState(`${seed}/${name}`);
    this.epochs = new Epochs(split.count, stream("order"));
    this.streams = { noise: stream("noise"), sigma: stream("sigma"), dropout: stream("dropout") };
  }

  /** The batch of step 1, 2, ... */
  at(step: number): Batch {
    const { split, size, classes, frame, streams } = this;
    const { labelDropout, logSigma } = this.recipe;
    const pixels = split.images.length / split.count;
    const images = new Uint8Array(size * pixels);
    const label = new Float32Array(size * classes);
    const dropout = new Float64Array(size);
    uniforms(streams.dropout, step, dropout);
    for (let b = 0; b < size; b++) {
      const image = this.epochs.imageAt((step - 1) * size + b);
      images.set(split.images.subarray(image * pixels, (image + 1) * pixels), b * pixels);
      if (dropout[b] >= labelDropout) label[b * classes + split.labels[image]] = 1;
    }
    const clean = unitRange(frame ? padded(images, frame) : images);
    const noise = new Float32Array(clean.length);
    gaussians(streams.noise, step, noise);
    const sigma = new Float32Array(size);
    gaussians(streams.sigma, step, sigma);
    for (let b = 0; b < size; b++) sigma[b] = Math.exp(logSigma.mean + logSigma.std * sigma[b]);
    return { clean, noise, sigma, label };
  }
}

/** Bytes 0..255 -> [-1, 1]. */
export function unitRange(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, (byte) => byte / 127.5 - 1);
}

/** One-hot rows of K values. */
export function oneHot(labels: ArrayLike<number>, classes: number): Float32Array {
  const rows = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) rows[i * classes + labels[i]] = 1;
  return rows;
}
