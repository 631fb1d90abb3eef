/**
 * How a matte (wasm-model/network/finishers.ts) learns: from the run's pictures on their ground, damaged as drawn images are, and
 * their opacity. B pictures; h x w native pixels, H x W those of the network's image.
 */
import type * as TF from "@tensorflow/tfjs";
import type * as v from "valibot";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { finisherCounts } from "../../wasm-model/network/count.ts";
import { matteNetwork } from "../../wasm-model/network/finishers.ts";
import { RGB } from "../../wasm-model/network/spec.ts";
import type { Colour } from "../../wasm-model/request/colours.ts";
import { object } from "../../wasm-model/schema/fields.ts";
import { groundOfHex } from "../data/cut-outs.ts";
import type { Tf } from "../network/score-network.ts";
import type { Split } from "../network/split.ts";
import { FINISHER_FIELDS, type Finisher } from "./finisher.ts";
import { damageOfBatches, type OwnNetwork, toFrame } from "./own-network.ts";

export const MATTE_SCHEMA = object(FINISHER_FIELDS);
export type MatteSettings = v.InferOutput<typeof MATTE_SCHEMA>;

/** N cut-outs: on the ground [N, h, w, 3], and how opaque they are [N, h, w], 0 to 255. */
export interface CutOuts {
  readonly images: Uint8Array;
  readonly alpha: Uint8Array;
  /** Red, green and blue, 0 to 255. */
  readonly ground: Colour;
}

/** `alpha`: of all its images; `background`: six hexadecimal digits. */
export const cutOutsOf = (split: Split, alpha: Uint8Array, background: string): CutOuts => ({
  ...{ images: split.images(), alpha, ground: groundOfHex(background) },
});

/** Images [B, H, W, 3] in [-1, 1], and their opacity [B, H, W, 1] in 0..1, on the device. */
export interface MatteBatch {
  readonly x: TF.Tensor;
  readonly alpha: TF.Tensor;
}

export const MATTE: Finisher<Pick<MatteSettings, "batch" | "denoised">, CutOuts, MatteBatch> = {
  ...{ parameters: finisherCounts("matte").parameters, batches },
  objective: (tf, ops, { x, alpha }) => {
    const logits = matteNetwork(ops, x);
    return { objective: crossEntropy(tf, logits, alpha), loss: tf.mean(tf.abs(tf.sub(tf.sigmoid(logits), alpha))) };
  },
};

/** Mean over pixels of -a log p - (1 - a) log(1 - p), with p = 1 / (1 + exp(-logit)). */
const crossEntropy = (tf: Tf, logits: TF.Tensor, a: TF.Tensor): TF.Scalar => tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, a)));

/** Uniform numbers from which a picture of a batch follows: which one, mirrored or not, hue or not and which, contrast. */
const CHOICES = 5;
/** This share of the pictures has another hue, and their contrast to the ground is changed by at most this share. */
const [RECOLOURED, CONTRAST] = [0.5, 0.15];
/** The most noise that stays. */
const MOST_NOISE = 0.15;

function batches(
  network: OwnNetwork,
  { images, alpha, ground }: CutOuts,
  { batch, denoised }: Pick<MatteSettings, "batch" | "denoised">,
  seed: string,
) {
  const { tf } = network;
  const { height, width } = nativeShape(network);
  const area = height * width;
  const count = alpha.length / area;
  const damageAt = damageOfBatches(network, `${seed}/matte`, CHOICES, { batch, denoised, most: MOST_NOISE });

  return (step: number): MatteBatch => {
    const { draws, damaged } = damageAt(step);
    const values = new Float32Array(RGB * batch * area);
    const opacity = new Float32Array(batch * area);
    for (const [b, [which, mirror, isRecoloured, hue, contrast]] of draws.entries()) {
      const i = Math.floor(which * count);
      const angle = isRecoloured < RECOLOURED ? 2 * Math.PI * hue : 0;
      const change = { isMirrored: mirror < 0.5, angle, contrast: 1 + CONTRAST * (2 * contrast - 1) };
      const picture = {
        images: images.subarray(i * 3 * area, (i + 1) * 3 * area),
        alpha: alpha.subarray(i * area, (i + 1) * area),
        ground,
      };
      placeCutOut(picture, width, change, values.subarray(b * 3 * area, (b + 1) * 3 * area), opacity.subarray(b * area, (b + 1) * area));
    }
    return tf.tidy(() => ({
      x: damaged(toFrame(network, values)),
      alpha: toFrame(network, opacity, 1),
    }));
  };
}

/** How a picture of a batch differs from the run's. */
interface Change {
  readonly isMirrored: boolean;
  /** By which colours turn around the grey axis, in radians. */
  readonly angle: number;
  /** By which the difference to the ground is multiplied. */
  readonly contrast: number;
}

/** One cut-out as values in [-1, 1] and 0..1. Its colours change as c of c' = a c + (1 - a) g: the ground stays. */
function placeCutOut(
  { images: image, alpha, ground }: CutOuts,
  width: number,
  { isMirrored, angle, contrast }: Change,
  values: Float32Array,
  opacity: Float32Array,
): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle) / Math.sqrt(3)];
  const turned = (r: number, g: number, b: number): number => cos * r + ((1 - cos) * (r + g + b)) / 3 + sin * (b - g);
  const [r0, g0, b0] = ground;
  const off = [turned(r0, g0, b0) - r0, turned(g0, b0, r0) - g0, turned(b0, r0, g0) - b0];
  for (let i = 0; i < alpha.length; i++) {
    const row = i - (i % width);
    const from = isMirrored ? row + width - 1 - (i % width) : i;
    const a = alpha[from] / 255;
    opacity[i] = a;
    const [r, g, b] = [image[3 * from], image[3 * from + 1], image[3 * from + 2]];
    const colour = [turned(r, g, b), turned(g, b, r), turned(b, r, g)];
    for (let c = 0; c < 3; c++) {
      const onGround = colour[c] - (1 - a) * off[c];
      const value = ground[c] + contrast * (onGround - ground[c]);
      values[3 * i + c] = value / 127.5 - 1;
    }
  }
}
