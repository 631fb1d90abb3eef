/**
 * How an enlarger (wasm-model/network/finishers.ts) learns: from pictures at four times native, and the same at native size, damaged
 * as drawn images are. Of cut-outs also from their opacity, in grey, as it is enlarged when they are drawn (wasm-model/render/enlarge.ts).
 * B pictures; H x W native pixels, C channels.
 */
import type * as TF from "@tensorflow/tfjs";
import type * as v from "valibot";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { finisherCounts } from "../../wasm-model/network/count.ts";
import { ENLARGED, enlargerNetwork } from "../../wasm-model/network/finishers.ts";
import { type ImageShape, RGB } from "../../wasm-model/network/spec.ts";
import { unitValue } from "../../wasm-model/render/image/pixels.ts";
import { resize } from "../../wasm-model/render/image/resize.ts";
import { number, object } from "../../wasm-model/schema/fields.ts";
import { onGround } from "../data/cut-outs.ts";
import type { LargePictures } from "../data/sizes.ts";
import type { Tf } from "../network/score-network.ts";
import { inChannels } from "../network/split.ts";
import { FINISHER_FIELDS, type Finisher } from "./finisher.ts";
import { damageOfBatches, fromFrame, type OwnNetwork, toFrame } from "./own-network.ts";

export const ENLARGER_SCHEMA = object({
  ...FINISHER_FIELDS,
  /** Weight of the error of differences between neighbours. */
  edges: number(0, 1e3),
});
export type EnlargerSettings = v.InferOutput<typeof ENLARGER_SCHEMA>;

/** Images [B, H, W, C] that are damaged as drawn ones are, and what their smooth enlargements lack [B, 4H, 4W, C], on the device. */
export interface EnlargerBatch {
  readonly x: TF.Tensor;
  readonly missing: TF.Tensor;
}

export const ENLARGER: Finisher<Pick<EnlargerSettings, "batch" | "denoised" | "edges">, LargePictures, EnlargerBatch> = {
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
function errors(tf: Tf, received: TF.Tensor, expected: TF.Tensor): { values: TF.Scalar; edges: TF.Scalar } {
  const error = tf.sub(received, expected);
  const [b, h, w, c] = error.shape as [number, number, number, number];
  const across = tf.sub(tf.slice(error, [0, 0, 1, 0], [b, h, w - 1, c]), tf.slice(error, [0, 0, 0, 0], [b, h, w - 1, c]));
  const down = tf.sub(tf.slice(error, [0, 1, 0, 0], [b, h - 1, w, c]), tf.slice(error, [0, 0, 0, 0], [b, h - 1, w, c]));
  return { values: tf.mean(tf.abs(error)), edges: tf.add(tf.mean(tf.abs(across)), tf.mean(tf.abs(down))) };
}

/** Uniform numbers from which a picture of a batch follows: which one, mirrored or not, itself or its opacity. */
const CHOICES = 3;
/** This share of the pictures of cut-outs is of their opacity. */
const OPACITIES = 0.25;
/** The most noise that stays. */
const MOST_NOISE = 0.12;

function batches(
  network: OwnNetwork,
  { pictures, background, isCutOut }: LargePictures,
  { batch, denoised }: Pick<EnlargerSettings, "batch" | "denoised">,
  seed: string,
) {
  const { tf } = network;
  const native = nativeShape(network);
  const { height, width, channels } = native;
  const size = height * width * channels;
  const damageAt = damageOfBatches(network, `${seed}/enlarger`, CHOICES, { batch, denoised, most: MOST_NOISE });
  const seen = (rgba: Uint8Array): Uint8Array => inChannels(onGround(rgba, background), channels);

  return (step: number): EnlargerBatch => {
    const { draws, damaged } = damageAt(step);
    const [small, large] = [new Float32Array(batch * size), new Float32Array(batch * ENLARGED ** 2 * size)];
    for (const [b, [which, mirror, kind]] of draws.entries()) {
      const picture = pictures[Math.floor(which * pictures.length)];
      const shown = isCutOut && kind < OPACITIES ? opacityInGrey : seen;
      placePicture(shown(picture.small), native, mirror < 0.5, small, b);
      placePicture(shown(picture.large), { height: ENLARGED * height, width: ENLARGED * width, channels }, mirror < 0.5, large, b);
    }
    return tf.tidy(() => {
      const x = fromFrame(network, damaged(toFrame(network, small)));
      const target = tf.tensor(large, [batch, ENLARGED * height, ENLARGED * width, channels]);
      return { x, missing: tf.sub(target, smoothlyEnlarged(tf, x, native)) };
    });
  };
}

/** How opaque the pixels of RGBA are, as RGB. */
const opacityInGrey = (rgba: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: (RGB * rgba.length) / 4 }, (_, i) => rgba[4 * Math.floor(i / RGB) + 3]);

/** A picture [H, W, C] as values in [-1, 1], perhaps mirrored, in its place in a batch. */
function placePicture(picture: Uint8Array, { width, channels }: ImageShape, isMirrored: boolean, batch: Float32Array, b: number): void {
  for (let i = 0; i < picture.length / channels; i++) {
    const from = isMirrored ? i - 2 * (i % width) + width - 1 : i;
    for (let c = 0; c < channels; c++) batch[b * picture.length + i * channels + c] = unitValue(picture[from * channels + c]);
  }
}

/** Images [B, H, W, C], smoothly enlarged: [B, 4H, 4W, C]. */
function smoothlyEnlarged(tf: Tf, x: TF.Tensor, { height, width, channels }: ImageShape): TF.Tensor {
  const sides = [ENLARGED * height, ENLARGED * width] as const;
  const planes = tf.transpose(x, [0, 3, 1, 2]).dataSync() as Float32Array;
  const enlarged = resize(planes, [channels, height, width], sides, true);
  return tf.transpose(tf.tensor(enlarged, [x.shape[0], channels, ...sides]), [0, 2, 3, 1]);
}
