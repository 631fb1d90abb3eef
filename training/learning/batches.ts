/**
 * Training batches as pure functions of (seed, step): nothing is stored, and a resumed run continues the same random
 * streams. B images of H W C values each (the size that the network takes), K classes.
 */

import { gaussians } from "../../wasm-model/engine/drawing.ts";
import type { CroppedShape } from "../../wasm-model/model/card.ts";
import { CHANGES } from "../../wasm-model/network/network.ts";
import type { ImageShape } from "../../wasm-model/network/spec.ts";
import { withBorder } from "../../wasm-model/render/image/pixels.ts";
import { type RandomState, seedState, uniforms } from "../../wasm-model/sampling/random.ts";
import { type Changeable, changedImage, changeOf, DRAWS, inMirror, inputOfChange } from "../network/augment.ts";
import { type Split, unitRange } from "../network/split.ts";

export interface TrainingBatch {
  /** Clean images, B*H*W*C values in [-1, 1]. */
  readonly clean: Float32Array;
  /** Standard normal noise of the same size. */
  readonly noise: Float32Array;
  /** Noise levels, B values. */
  readonly sigma: Float32Array;
  /** One-hot classes, B*K values; zeros where the label was dropped. */
  readonly label: Float32Array;
  /** The network's input for the images' changes, B*CHANGES values, if the recipe changes any. */
  readonly change?: Float32Array;
}

/** The part of a recipe that concerns batches. */
export interface BatchRecipe {
  /** Noise levels: ln sigma ~ N(mean, std^2). */
  readonly logSigma: { readonly mean: number; readonly std: number };
  /** Share of the images whose class is hidden. */
  readonly labelDropout: number;
  /** Probability of each change of an image that the network is conditioned on. */
  readonly augmentation?: number;
}

/** The network's image, where the split's images lie in it, whether a random half of these is mirrored, and the colours of pixel art. */
export interface Frame extends CroppedShape, Pick<Changeable, "mirror" | "palette"> {}

/**
 * Batches of `size` images of a split, of step 1, 2, ... Every epoch visits all images once, in a random order of its own.
 */
export function trainingBatches(split: Split, classes: number, size: number, recipe: BatchRecipe, seed: string, frame: Frame) {
  const { labelDropout, logSigma, augmentation = 0 } = recipe;
  const shape: ImageShape = { ...frame.spec, ...frame.crop };
  const changeable: Changeable = { ...shape, mirror: frame.mirror, palette: frame.palette };
  const pixels = shape.height * shape.width * shape.channels;
  const stream = (name: string): RandomState => seedState(`${seed}/${name}`);
  const [noises, sigmas, dropouts, mirrors, changes] = ["noise", "sigma", "dropout", "mirror", "change"].map(stream);
  const imageAt = epochs(split.count, stream("order"));

  return (step: number): TrainingBatch => {
    const images = new Uint8Array(size * pixels);
    const label = new Float32Array(size * classes);
    const dropout = new Float64Array(size);
    uniforms(dropouts, step, dropout);
    const turns = new Float64Array(size).fill(1);
    if (frame.mirror) uniforms(mirrors, step, turns);
    const change = new Float32Array(size * CHANGES);
    const draws = new Float64Array(size * DRAWS);
    if (augmentation > 0) uniforms(changes, step, draws);
    for (let b = 0; b < size; b++) {
      const image = imageAt((step - 1) * size + b);
      const bytes = split.images(image, image + 1);
      const turned = turns[b] < 0.5 ? inMirror(bytes, shape) : bytes;
      if (augmentation > 0) {
        const made = changeOf(draws.subarray(b * DRAWS, (b + 1) * DRAWS), augmentation, changeable);
        change.set(inputOfChange(made), b * CHANGES);
        images.set(changedImage(turned, shape, made), b * pixels);
      } else images.set(turned, b * pixels);
      if (dropout[b] >= labelDropout) label[b * classes + split.labels[image]] = 1;
    }
    const clean = unitRange(withBorder(images, frame));
    const noise = new Float32Array(clean.length);
    gaussians(noises, step, noise);
    const sigma = new Float32Array(size);
    gaussians(sigmas, step, sigma);
    for (let b = 0; b < size; b++) sigma[b] = Math.exp(logSigma.mean + logSigma.std * sigma[b]);
    return { clean, noise, sigma, label, ...(augmentation > 0 && { change }) };
  };
}

/** Index of the n-th image of a run, where n counts from 0 over all epochs. */
function epochs(count: number, state: RandomState): (n: number) => number {
  const order = new Int32Array(count);
  let shuffled = -1;
  /** Fisher-Yates. */
  function shuffle(epoch: number): void {
    const draws = new Float64Array(count);
    uniforms(state, epoch, draws);
    for (let i = 0; i < count; i++) order[i] = i;
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(draws[i] * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    shuffled = epoch;
  }
  return (n) => {
    const epoch = Math.floor(n / count);
    if (epoch !== shuffled) shuffle(epoch);
    return order[n % count];
  };
}
