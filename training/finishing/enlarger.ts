/**
 * How an enlarger (wasm-model/network/enlarger.ts) learns: from pictures at four times native, and their means damaged as drawn
 * images are. B pictures; H x W native pixels, C channels.
 */
import type * as TF from "@tensorflow/tfjs";
import type * as v from "valibot";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { finisherCounts } from "../../wasm-model/network/count.ts";
import { ENLARGED, enlargerNetwork } from "../../wasm-model/network/enlarger.ts";
import { type ImageShape, RGB } from "../../wasm-model/network/spec.ts";
import { unitValue } from "../../wasm-model/render/image/pixels.ts";
import { resize } from "../../wasm-model/render/image/resize.ts";
import { seedState, uniforms } from "../../wasm-model/sampling/random.ts";
import { number, object } from "../../wasm-model/schema/fields.ts";
import type { Tf } from "../network/score-network.ts";
import { FINISHER_FIELDS, type Finisher } from "./finisher.ts";
import { framed, noises, type OwnNetwork, perImage, renoised, unframed } from "./own-network.ts";

export const ENLARGER_SCHEMA = object({
  ...FINISHER_FIELDS,
  /** Weight of the error of differences between neighbours. */
  edges: number(0, 1e3),
});
export type EnlargerSettings = v.InferOutput<typeof ENLARGER_SCHEMA>;

/** Means [B, H, W, C] that are damaged as drawn images are, and what their smooth enlargements lack [B, 4H, 4W, C], on the device. */
export interface EnlargerBatch {
  readonly x: TF.Tensor;
  readonly missing: TF.Tensor;
}

/** Pictures are bytes [N, 4H, 4W, C]. */
export const ENLARGER: Finisher<Pick<EnlargerSettings, "batch" | "denoised" | "edges">, Uint8Array, EnlargerBatch> = {
  ...{ parameters: finisherCounts("enlarger").parameters, batches },
  objective: (tf, ops, { x, missing }, { edges }) => {
    const isGrey = x.shape[3] === 1;
    const image = isGrey ? tf.concat(Array<TF.Tensor>(RGB).fill(x), 3) : x;
    const added = enlargerNetwork(ops, image);
    const error = errors(tf, isGrey ? tf.mean(added, 3, true) : added, missing);
    return { objective: tf.add(error.values, tf.mul(error.edges, edges)), loss: error.values };
  },
};

/** Mean absolute error of values, and of differences between neighbours, across and down. */
export function errors(tf: Tf, received: TF.Tensor, expected: TF.Tensor): { values: TF.Scalar; edges: TF.Scalar } {
  const error = tf.sub(received, expected);
  const [b, h, w, c] = error.shape as [number, number, number, number];
  const across = tf.sub(tf.slice(error, [0, 0, 1, 0], [b, h, w - 1, c]), tf.slice(error, [0, 0, 0, 0], [b, h, w - 1, c]));
  const down = tf.sub(tf.slice(error, [0, 1, 0, 0], [b, h - 1, w, c]), tf.slice(error, [0, 0, 0, 0], [b, h - 1, w, c]));
  return { values: tf.mean(tf.abs(error)), edges: tf.add(tf.mean(tf.abs(across)), tf.mean(tf.abs(down))) };
}

/** Uniform numbers that a picture of a batch takes: which one, mirrored or not, two shifts, two noise levels, whether noise stays. */
const DRAWS = 7;
/** A picture is shifted by at most so many of its pixels each way. */
const SHIFT = 3;
/** This share of the pictures has noise that stays, of at most this strength. */
const [NOISY, MOST_NOISE] = [0.7, 0.12];

function batches(
  network: OwnNetwork,
  pictures: Uint8Array,
  { batch, denoised }: Pick<EnlargerSettings, "batch" | "denoised">,
  seed: string,
) {
  const { tf, spec } = network;
  const { height, width, channels } = nativeShape(network);
  const large: ImageShape = { height: ENLARGED * height, width: ENLARGED * width, channels };
  const size = large.height * large.width * channels;
  const smooth = smoothing(tf, { height, width, channels });
  const choices = seedState(`${seed}/enlarger/choice`);
  const [removed, kept] = ["removed", "noise"].map((name) => noises(tf, `${seed}/enlarger/${name}`));

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
    const levels = draws.slice(0, denoised).map(([, , , , level]) => level);
    const strengths = draws.map(([, , , , , strength, stays]) => (stays < NOISY ? MOST_NOISE * strength : 0));
    return tf.tidy(() => {
      const target = tf.tensor(values, [batch, large.height, large.width, channels]) as TF.Tensor4D;
      const means = tf.avgPool(target, ENLARGED, ENLARGED, "valid");
      const sharp = tf.slice(means, [denoised, 0, 0, 0]);
      const given = framed(network, tf.slice(means, [0, 0, 0, 0], [denoised, height, width, channels]));
      const drawn = renoised(network, given, removed(step, [denoised, spec.height, spec.width, channels]), levels);
      const clean = tf.concat([unframed(network, drawn), sharp], 0);
      const noise = tf.mul(kept(step, [batch, height, width, channels]), perImage(tf, strengths));
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
