/** The convolutions of a classifier, which turn an image into one vector. B images of H x W pixels, C channels. */
import type * as TF from "@tensorflow/tfjs";
import type { Tf } from "../../../training/network/score-network.ts";
import type { ConvShape, Ops } from "../../../wasm-model/network/ops.ts";

export interface Layer extends ConvShape {
  readonly path: string;
}

/** The operations and parameters that a trunk computes with. */
export interface Tools {
  readonly tf: Tf;
  readonly ops: Ops<TF.Tensor>;
  /** The convolution of the layer with that path. */
  conv(path: string, x: TF.Tensor): TF.Tensor;
  /** The gain or bias with that path, a number for each channel. */
  parameter(path: string): TF.Tensor;
}

export interface Trunk {
  /** Its convolutions, in order. */
  layers(channels: number): readonly Layer[];
  /** Channels of the maps that have gains and biases, by path. */
  readonly scaled: readonly (readonly [path: string, channels: number])[];
  /** Length V of the vector of an image. */
  length(height: number, width: number): number;
  /**
   * Length of a layer between the vector and the classes. Its output is then the features; without this layer the
   * vector is.
   */
  readonly hidden: number | undefined;
  /** images [B, H, W, C] -> [B, V]. */
  vector(tools: Tools, images: TF.Tensor): TF.Tensor;
}

const layer = (path: string, kernel: 1 | 3, inputs: number, outputs: number): Layer => ({ path, kernel, inputs, outputs });

/**
 * Channels that the last maps of `SMALL` are reduced to before they are read as one vector, in which every position
 * counts.
 */
const SQUEEZED = 32;

/**
 * Two levels, at half and a quarter of the image's size: for drawings and centred objects, where every position has a
 * meaning.
 */
export const SMALL: Trunk = {
  layers: (channels) => [
    ...[layer("0.in", 3, 4 * channels + 1, 64), layer("0.0", 3, 64, 64)],
    ...[layer("1.in", 1, 64, 96), layer("1.0", 3, 96, 96), layer("1.1", 3, 96, 96)],
    layer("squeeze", 1, 96, SQUEEZED),
  ],
  scaled: [],
  length: (height, width) => (height / 4) * (width / 4) * SQUEEZED,
  hidden: 96,
  vector({ tf, ops, conv }, images) {
    const residual = (x: TF.Tensor, path: string): TF.Tensor => ops.mpSum(x, conv(path, ops.silu(x)), 0.5);
    const half = residual(conv("0.in", ops.appendOne(ops.spaceToDepth(images))), "0.0");
    const quarter = residual(residual(conv("1.in", ops.downsample(half)), "1.0"), "1.1");
    const squeezed = ops.silu(conv("squeeze", ops.silu(quarter)));
    return tf.reshape(squeezed, [squeezed.shape[0], -1]);
  },
};

/** Channels of `LARGE` at a half of the image's size, at a quarter and at an eighth. */
const WIDTHS = [64, 160, 256];
const STEM = 32;

/**
 * Begins at the full size of the image and keeps the strongest responses, wherever they are: for photographs (after
 * Jordan 2024, "94% on CIFAR-10 in 3.29 seconds").
 */
export const LARGE: Trunk = {
  layers: (channels) => [
    layer("stem", 3, channels + 1, STEM),
    ...WIDTHS.flatMap((width, level) => [layer(`${level}.in`, 3, WIDTHS[level - 1] ?? STEM, width), layer(`${level}.0`, 3, width, width)]),
  ],
  scaled: [],
  length: () => WIDTHS[WIDTHS.length - 1],
  hidden: 96,
  vector({ tf, ops, conv }, images) {
    let x = conv("stem", ops.appendOne(images));
    for (const level of WIDTHS.keys()) {
      x = tf.maxPool(conv(`${level}.in`, ops.silu(x)) as TF.Tensor4D, 2, 2, "valid");
      x = ops.mpSum(x, conv(`${level}.0`, ops.silu(x)), 0.5);
    }
    return tf.max(ops.silu(x), [1, 2]);
  },
};

/** Channels of `DEEP` at full size, at a half, a quarter and an eighth. */
const DEEP_STEM = 16;
const DEEP_WIDTHS = [40, 96, 192];

/**
 * The judging network: a residual network with two convolutions a block (He et al. 2016, "Identity mappings in deep
 * residual networks") and ten layers. Its maps are normalized over the whole image (layer normalization, Ba et al.
 * 2016). Squares of 2 x 2 pixels become channels instead of being pooled. The vector is the mean over all positions.
 */
export const DEEP: Trunk = {
  layers: (channels) => [
    layer("stem", 3, channels + 1, DEEP_STEM),
    ...DEEP_WIDTHS.flatMap((width, level) => [
      layer(`${level}.in`, 1, 4 * (DEEP_WIDTHS[level - 1] ?? DEEP_STEM), width),
      layer(`${level}.0`, 3, width, width),
      layer(`${level}.1`, 3, width, width),
    ]),
  ],
  scaled: [
    ...DEEP_WIDTHS.flatMap((width, level) => ["0", "1"].map((path) => [`${level}.${path}`, width] as const)),
    ["end", DEEP_WIDTHS[DEEP_WIDTHS.length - 1]],
  ],
  length: () => DEEP_WIDTHS[DEEP_WIDTHS.length - 1],
  hidden: undefined,
  vector({ tf, ops, conv, parameter }, images) {
    const active = (path: string, x: TF.Tensor): TF.Tensor => normalizedRelu(tf, x, parameter(`${path}.gain`), parameter(`${path}.bias`));
    let x = tf.relu(conv("stem", ops.appendOne(images)));
    for (const level of DEEP_WIDTHS.keys()) {
      x = conv(`${level}.in`, ops.spaceToDepth(even(tf, x)));
      const inner = conv(`${level}.0`, active(`${level}.0`, x));
      x = ops.add(x, conv(`${level}.1`, active(`${level}.1`, inner)));
    }
    return tf.mean(active("end", x), [1, 2]);
  },
};

/** Pads with zeros below and to the right until height and width are even. */
function even(tf: Tf, x: TF.Tensor): TF.Tensor {
  const [, height, width] = x.shape as [number, number, number, number];
  return height % 2 === 0 && width % 2 === 0 ? x : tf.pad(x, [[0, 0], [0, height % 2], [0, width % 2], [0, 0]]); // biome-ignore format: pairs
}

const TINY = 1e-6;

/** relu(gain n + bias) with n = (x - mean) / std over an image's whole map, gain and bias for each channel. */
function normalizedRelu(tf: Tf, x: TF.Tensor, gain: TF.Tensor, bias: TF.Tensor): TF.Tensor {
  const { mean, variance } = tf.moments(x, [1, 2, 3], true);
  const n = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, TINY)));
  return tf.relu(tf.add(tf.mul(n, gain), bias));
}
