/**
 * Batches for training a classifier: images that are shifted, mirrored, rotated and erased at random, as functions of
 * (seed, step).
 */

import type { Dataset } from "../../training/data/dataset.ts";
import { Epochs } from "../../training/learning/batches.ts";
import { turn } from "../../training/network/augment.ts";
import type { Split } from "../../training/network/split.ts";
import { oneHot } from "../../training/network/split.ts";
import { unitValue } from "../../wasm-model/render/image/pixels.ts";
import { seedState, uniforms } from "../../wasm-model/sampling/random.ts";

export const BATCH = 128;
/** Side of the erased square, in pixels. */
const BLOT = 8;

/** How training images are changed. */
export interface Augmented {
  readonly seed: string;
  /** Largest shift of an image in pixels, each way. */
  readonly shift: number;
  /** Mirrors half of the images: right for garments, wrong for digits. */
  readonly mirror: boolean;
  /**
   * Rotates half of the images by up to this many degrees either way, and scales them up or down by up to this share.
   */
  readonly rotate: number;
  readonly zoom: number;
  /** Erases a square in half of the images (Zhong et al. 2017), so that no single detail decides. */
  readonly erase: boolean;
}

export interface AugmentedBatch {
  /** [B, H, W, C] in [-1, 1]. */
  readonly images: Float32Array;
  readonly shape: readonly [number, number, number, number];
  /** One-hot, [B, K]. */
  readonly labels: Float32Array;
}

export class AugmentedBatches {
  private readonly dataset: Dataset;
  private readonly training: Augmented;
  private readonly epochs: Epochs;

  constructor(dataset: Dataset, training: Augmented) {
    this.dataset = dataset;
    this.training = training;
    this.epochs = new Epochs(dataset.train.count, seedState(`${training.seed}/order`));
  }

  at(step: number): AugmentedBatch {
    const { dataset, training, epochs } = this;
    const { train, height, width, channels, labels } = dataset;
    const size = height * width * channels;
    const [moves, blots, turns] = ["moves", "blots", "turns"].map((name) => {
      const numbers = new Float64Array(3 * BATCH);
      uniforms(seedState(`${training.seed}/${name}`), step, numbers);
      return numbers;
    });
    const images = new Float32Array(BATCH * size).fill(-1);
    const classes = new Uint16Array(BATCH);
    for (let b = 0; b < BATCH; b++) {
      const image = epochs.imageAt((step - 1) * BATCH + b);
      classes[b] = train.labels[image];
      const [u, v, w] = moves.subarray(3 * b, 3 * b + 3);
      const move = { dx: shiftOf(u, training), dy: shiftOf(v, training), mirror: training.mirror && w < 0.5 };
      const moved = images.subarray(b * size, (b + 1) * size);
      moveImage(dataset, train, image, move, moved);
      const [t, z, coin] = turns.subarray(3 * b, 3 * b + 3);
      const isTurned = (training.rotate > 0 || training.zoom > 0) && coin < 0.5;
      if (isTurned) turn(dataset, moved, (2 * t - 1) * training.rotate, 1 + (2 * z - 1) * training.zoom);
      const [p, q, r] = blots.subarray(3 * b, 3 * b + 3);
      if (training.erase && r < 0.5) blot(dataset, moved, Math.floor(p * width), Math.floor(q * height));
    }
    return {
      images,
      shape: [BATCH, height, width, channels],
      labels: oneHot(classes, labels.length),
    };
  }
}

/** -shift to shift, uniformly distributed. */
const shiftOf = (uniform: number, { shift }: Augmented): number => Math.floor(uniform * (2 * shift + 1)) - shift;

/**
 * Writes an image of the split, mirrored and shifted, to `out` as [H, W, C] in [-1, 1]. Pixels beyond the image keep
 * the value that `out` has there.
 */
function moveImage(
  { height, width, channels }: Dataset,
  { images }: Split,
  index: number,
  { dx, dy, mirror }: { readonly dx: number; readonly dy: number; readonly mirror: boolean },
  out: Float32Array,
): void {
  const image = images(index, index + 1);
  for (let y = Math.max(0, dy); y < Math.min(height, height + dy); y++) {
    for (let x = Math.max(0, dx); x < Math.min(width, width + dx); x++) {
      const from = (y - dy) * width + (mirror ? width - 1 - (x - dx) : x - dx);
      for (let c = 0; c < channels; c++) out[(y * width + x) * channels + c] = unitValue(image[from * channels + c]);
    }
  }
}

/** Makes the square around (x, y) of [H, W, C] black. */
function blot({ height, width, channels }: Dataset, image: Float32Array, x: number, y: number): void {
  const [left, top] = [x - BLOT / 2, y - BLOT / 2];
  const [from, to] = [Math.max(0, left) * channels, Math.min(width, left + BLOT) * channels];
  for (let row = Math.max(0, top); row < Math.min(height, top + BLOT); row++) {
    image.fill(-1, row * width * channels + from, row * width * channels + to);
  }
}
