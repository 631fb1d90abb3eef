/** The run's own network, whose drawn images finishers work on: what it does to pictures is what they learn to work with. */
import type * as TF from "@tensorflow/tfjs";
import type { CroppedShape } from "../../wasm-model/model/card.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { withBorder } from "../../wasm-model/render/image/pixels.ts";
import { gaussians, type RandomState, seedState, uniforms } from "../../wasm-model/sampling/random.ts";
import { denoise, type Tf, type WeightTensors } from "../network/score-network.ts";

/** With where its images lie in its image. */
export interface OwnNetwork extends CroppedShape {
  readonly tf: Tf;
  readonly spec: NetworkSpec;
  readonly weights: WeightTensors;
}

/** Noise that is removed again. */
const [LEAST_REMOVED, MOST_REMOVED] = [0.1, 0.6];

/** Standard normal noise of this shape, a function of (name, step). */
function noiseSource(tf: Tf, name: string) {
  const state: RandomState = seedState(name);
  return (step: number, shape: readonly number[]): TF.Tensor => {
    const noise = new Float32Array(shape.reduce((product, n) => product * n, 1));
    gaussians(state, step, noise);
    return tf.tensor(noise, [...shape]);
  };
}

/** A value for each image, to multiply images by. */
const perImage = (tf: Tf, values: readonly number[]): TF.Tensor => tf.tensor(values, [values.length, 1, 1, 1]);

/**
 * Images [B, H, W, C] of the network's size with noise, which the network then removes without being told a class. `draws`: B
 * uniform numbers in [0, 1), from which the noise levels follow.
 */
function renoised({ tf, spec, weights }: OwnNetwork, images: TF.Tensor, noise: TF.Tensor, draws: readonly number[]): TF.Tensor {
  const levels = draws.map((draw) => LEAST_REMOVED + (MOST_REMOVED - LEAST_REMOVED) * draw);
  const x = tf.add(images, tf.mul(noise, perImage(tf, levels)));
  const input = { x, sigma: tf.tensor(levels, [levels.length, 1]), label: tf.zeros([levels.length, spec.classes]) };
  return denoise({ tf, spec, weights }, input);
}

/** Values of images [B, h, w, C] of native size -> [B, H, W, C], the network's image, whose border pixels repeat theirs. */
export function toFrame({ tf, spec, crop }: OwnNetwork, values: Float32Array, channels: number = spec.channels): TF.Tensor {
  const { height, width } = spec;
  const framed = withBorder(values, { spec: { height, width, channels }, crop });
  return tf.tensor(framed, [framed.length / (height * width * channels), height, width, channels]);
}

export function fromFrame({ tf, crop }: OwnNetwork, images: TF.Tensor): TF.Tensor {
  const [batch, , , channels] = images.shape as [number, number, number, number];
  return crop ? tf.slice(images, [0, crop.top, crop.left, 0], [batch, crop.height, crop.width, channels]) : images;
}

/** This share of the images has noise that stays. */
const NOISY = 0.7;

/** Of a batch: the images, those of them, the first, that the run's network denoises, and the most noise that stays. */
interface Damage {
  readonly batch: number;
  readonly denoised: number;
  readonly most: number;
}

/**
 * Batches that are damaged as drawn images are, functions of (name, step). Each image has `choices` uniform numbers, from which its
 * picture follows, and three for its damage. `damaged`: [B, H, W, C] of the network's size, in [-1, 1] as images are before they are
 * finished.
 */
export function damageOfBatches(network: OwnNetwork, name: string, choices: number, { batch, denoised, most }: Damage) {
  const { tf } = network;
  const each = choices + 3;
  const state = seedState(`${name}/choice`);
  const [removed, kept] = ["removed", "noise"].map((kind) => noiseSource(tf, `${name}/${kind}`));
  return (step: number) => {
    const numbers = new Float64Array(batch * each);
    uniforms(state, step, numbers);
    const draws = Array.from({ length: batch }, (_, b) => numbers.subarray(b * each, (b + 1) * each));
    const damaged = (images: TF.Tensor): TF.Tensor => {
      const [, ...size] = images.shape;
      const levels = draws.slice(0, denoised).map((draw) => draw[choices]);
      const strengths = draws.map((draw) => (draw[choices + 2] < NOISY ? most * draw[choices + 1] : 0));
      const drawn = renoised(network, tf.slice(images, 0, denoised), removed(step, [denoised, ...size]), levels);
      const noise = tf.mul(kept(step, [batch, ...size]), perImage(tf, strengths));
      return tf.clipByValue(tf.add(tf.concat([drawn, tf.slice(images, denoised)], 0), noise), -1, 1);
    };
    return { draws, damaged };
  };
}
