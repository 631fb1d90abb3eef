/**
 * What a classifier sees an image with: its convolutions, up to one vector for the image. B images of H x W pixels, C channels.
 */
import type * as TF from "@tensorflow/tfjs";
import type { ConvShape, Ops } from "../../wasm-model/network/ops.ts";
import { maxPool } from "../network/max-pool.ts";
import type { Tf } from "../network/score-network.ts";

export interface Layer extends ConvShape {
  readonly path: string;
}

export interface Trunk {
  /** What H and W are padded to multiples of. */
  readonly unit: number;
  /** Share of a label that goes to all classes alike in training, so that none is ever certain. */
  readonly smoothing: number;
  /** Its convolutions, in order. */
  layers(channels: number): readonly Layer[];
  /** Length F of the vector, of an image padded. */
  length(height: number, width: number): number;
  /** images [B, H, W, C], padded -> [B, F]. `conv` applies the layer of that path. */
  vector(tf: Tf, ops: Ops<TF.Tensor>, conv: (path: string, x: TF.Tensor) => TF.Tensor, images: TF.Tensor): TF.Tensor;
}

const layer = (path: string, kernel: 1 | 3, inputs: number, outputs: number): Layer => ({ path, kernel, inputs, outputs });

/** Channels that are left of `SMALL` when place begins to matter: the last maps are squeezed to so many and read as one vector. */
const SQUEEZED = 32;

/** Two levels, at a half and a quarter of the image's size: for drawings and centred things, whose every place means something. */
export const SMALL: Trunk = {
  unit: 4,
  smoothing: 0,
  layers: (channels) => [
    ...[layer("0.in", 3, 4 * channels + 1, 64), layer("0.0", 3, 64, 64)],
    ...[layer("1.in", 1, 64, 96), layer("1.0", 3, 96, 96), layer("1.1", 3, 96, 96)],
    layer("squeeze", 1, 96, SQUEEZED),
  ],
  length: (height, width) => (height / 4) * (width / 4) * SQUEEZED,
  vector(tf, ops, conv, images) {
    const residual = (x: TF.Tensor, path: string): TF.Tensor => ops.mpSum(x, conv(path, ops.silu(x)), 0.5);
    const half = residual(conv("0.in", ops.appendOne(ops.spaceToDepth(images))), "0.0");
    const quarter = residual(residual(conv("1.in", ops.downsample(half)), "1.0"), "1.1");
    const squeezed = ops.silu(conv("squeeze", ops.silu(quarter)));
    return tf.reshape(squeezed, [squeezed.shape[0] as number, -1]);
  },
};

/** Channels of `LARGE` at a half of the image's size, at a quarter and at an eighth. */
const WIDTHS = [64, 160, 256];
const STEM = 32;

/** Begins at the full size of the image and keeps what is strongest, wherever it is: for photographs (after Jordan 2024, "94% on CIFAR-10 in 3.29 seconds"). */
export const LARGE: Trunk = {
  unit: 8,
  smoothing: 0.1,
  layers: (channels) => [
    layer("stem", 3, channels + 1, STEM),
    ...WIDTHS.flatMap((width, level) => [layer(`${level}.in`, 3, WIDTHS[level - 1] ?? STEM, width), layer(`${level}.0`, 3, width, width)]),
  ],
  length: () => WIDTHS[WIDTHS.length - 1],
  vector(tf, ops, conv, images) {
    let x = conv("stem", ops.appendOne(images));
    for (const level of WIDTHS.keys()) {
      x = maxPool(tf, conv(`${level}.in`, ops.silu(x)));
      x = ops.mpSum(x, conv(`${level}.0`, ops.silu(x)), 0.5);
    }
    return tf.max(ops.silu(x), [1, 2]);
  },
};
