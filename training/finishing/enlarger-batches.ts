/** What an enlarger learns from in a run: its own pictures, and their means damaged as drawn images are. B pictures; H x W native pixels, C channels. */
import type * as TF from "@tensorflow/tfjs";
import { type CroppedShape, nativeShape } from "../../wasm-model/model/card.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import type { ImageShape, NetworkSpec } from "../../wasm-model/network/spec.ts";
import { unitValue } from "../../wasm-model/render/image/pixels.ts";
import { resize } from "../../wasm-model/render/image/resize.ts";
import { gaussians, type RandomState, seedState, uniforms } from "../../wasm-model/sampling/random.ts";
import { denoise, type Tf, type WeightTensors } from "../network/score-network.ts";
import type { EnlargerBatch, EnlargerSettings } from "./enlarger.ts";

/** Uniform numbers that a picture of a batch takes: which one, mirrored or not, two shifts, two noise levels, whether noise stays. */
const DRAWS = 7;
/** A picture is shifted by at most so many of its pixels each way. */
const SHIFT = 3;
/** Noise that is removed again. */
const [LEAST_REMOVED, MOST_REMOVED] = [0.1, 0.6];
/** This share of the pictures has noise that stays, of at most this strength. */
const [NOISY, MOST_NOISE] = [0.7, 0.12];

/** The run's network, and where its images lie in its image. */
export interface OwnNetwork extends CroppedShape {
  readonly tf: Tf;
  readonly spec: NetworkSpec;
  readonly weights: WeightTensors;
}

/** Batches as pure functions of (seed, step), so that a resumed run continues the same. `pictures`: bytes [N, 4H, 4W, C]. */
export function enlargerBatches(network: OwnNetwork, pictures: Uint8Array, { batch, denoised }: EnlargerSettings, seed: string) {
  const { tf, spec } = network;
  const { height, width, channels } = nativeShape(network);
  const large: ImageShape = { height: ENLARGED * height, width: ENLARGED * width, channels };
  const size = large.height * large.width * channels;
  const smooth = smoothing(tf, { height, width, channels });
  const stream = (name: string): RandomState => seedState(`${seed}/enlarger/${name}`);
  const [choices, removed, kept] = [stream("choice"), stream("removed"), stream("noise")];
  const noiseOf = (state: RandomState, step: number, shape: [number, number, number, number]): TF.Tensor => {
    const noise = new Float32Array(shape.reduce((product, n) => product * n, 1));
    gaussians(state, step, noise);
    return tf.tensor(noise, shape);
  };
  const column = (values: readonly number[]): TF.Tensor => tf.tensor(values, [values.length, 1, 1, 1]);

  return (step: number): EnlargerBatch => {
    const numbers = new Float64Array(batch * DRAWS);
    uniforms(choices, step, numbers);
    const draws = Array.from({ length: batch }, (_, b) => numbers.subarray(b * DRAWS, (b + 1) * DRAWS));
    const values = new Float32Array(batch * size);
    for (const [b, [which, mirror, across, down]] of draws.entries()) {
      const from = Math.floor((which * pictures.length) / size) * size;
      const shifts = [across, down].map((draw) => Math.floor((2 * SHIFT + 1) * draw) - SHIFT);
      place(pictures.subarray(from, from + size), large, mirror < 0.5, shifts, values.subarray(b * size, (b + 1) * size));
    }
    const levels = draws.map(([, , , , level]) => LEAST_REMOVED + (MOST_REMOVED - LEAST_REMOVED) * level).slice(0, denoised);
    const strengths = draws.map(([, , , , , strength, stays]) => (stays < NOISY ? MOST_NOISE * strength : 0));
    return tf.tidy(() => {
      const target = tf.tensor(values, [batch, large.height, large.width, channels]) as TF.Tensor4D;
      const means = tf.avgPool(target, ENLARGED, ENLARGED, "valid");
      const sharp = tf.slice(means, [denoised, 0, 0, 0]);
      const noisy = tf.add(
        framed(network, tf.slice(means, [0, 0, 0, 0], [denoised, height, width, channels])),
        tf.mul(noiseOf(removed, step, [denoised, spec.height, spec.width, channels]), column(levels)),
      );
      const input = { x: noisy, sigma: tf.tensor(levels, [denoised, 1]), label: tf.zeros([denoised, spec.classes]) };
      const clean = tf.concat([unframed(network, denoise(network, input)), sharp], 0);
      const noise = tf.mul(noiseOf(kept, step, [batch, height, width, channels]), column(strengths));
      const x = tf.clipByValue(tf.add(clean, noise), -1, 1); // as images are before they are enlarged
      return { x, missing: tf.sub(target, smooth(x)) };
    });
  };
}

/** A picture [H, W, C] as values in [-1, 1], mirrored and shifted to the right and down; border pixels repeat outwards. */
function place(
  picture: Uint8Array,
  { height, width, channels }: ImageShape,
  isMirrored: boolean,
  shifts: readonly number[],
  out: Float32Array,
) {
  const [across, down] = shifts;
  const within = (i: number, size: number): number => Math.min(Math.max(i, 0), size - 1);
  const columns = Array.from({ length: width }, (_, x) => within((isMirrored ? width - 1 - x : x) - across, width));
  for (let y = 0, at = 0; y < height; y++) {
    const row = within(y - down, height) * width;
    for (let x = 0; x < width; x++) {
      const pixel = (row + columns[x]) * channels;
      for (let c = 0; c < channels; c++, at++) out[at] = unitValue(picture[pixel + c]);
    }
  }
}

/** [B, h, w, C] -> [B, H, W, C], the network's image, whose border pixels repeat those of the native one. */
function framed({ tf, spec, crop }: OwnNetwork, images: TF.Tensor): TF.Tensor {
  if (!crop) return images;
  const indices = (length: number, first: number, inner: number): TF.Tensor1D =>
    tf.tensor1d(
      Array.from({ length }, (_, i) => Math.min(Math.max(i - first, 0), inner - 1)),
      "int32",
    );
  const rows = tf.gather(images, indices(spec.height, crop.top, crop.height), 1);
  return tf.gather(rows, indices(spec.width, crop.left, crop.width), 2);
}

function unframed({ tf, crop }: OwnNetwork, images: TF.Tensor): TF.Tensor {
  const [batch, , , channels] = images.shape as [number, number, number, number];
  return crop ? tf.slice(images, [0, crop.top, crop.left, 0], [batch, crop.height, crop.width, channels]) : images;
}

/** The smooth enlargement (render/image/resize.ts) as two products with matrices: [B, H, W, C] -> [B, 4H, 4W, C]. */
function smoothing(tf: Tf, { height, width, channels }: ImageShape): (x: TF.Tensor) => TF.Tensor {
  const [down, across] = [height, width].map(smoothingMatrix);
  return (x) => {
    const [batch] = x.shape;
    const rows = tf.matMul(tf.tensor(down, [ENLARGED * height, height]), tf.reshape(tf.transpose(x, [1, 0, 2, 3]), [height, -1]));
    const byColumns = tf.transpose(tf.reshape(rows, [ENLARGED * height, batch, width, channels]), [2, 1, 0, 3]);
    const columns = tf.matMul(tf.tensor(across, [ENLARGED * width, width]), tf.reshape(byColumns, [width, -1]));
    return tf.transpose(tf.reshape(columns, [ENLARGED * width, batch, ENLARGED * height, channels]), [1, 2, 0, 3]);
  };
}

/** [4L, L]: column i is the enlargement of an image of one column that is 1 at i. */
function smoothingMatrix(length: number): Float32Array {
  const matrix = new Float32Array(ENLARGED * length * length);
  for (let i = 0; i < length; i++) {
    const one = new Float32Array(length);
    one[i] = 1;
    const enlarged = resize(one, [1, length, 1], [ENLARGED * length, 1], true);
    for (let k = 0; k < enlarged.length; k++) matrix[k * length + i] = enlarged[k];
  }
  return matrix;
}
