/**
 * The small networks that finish images: each reads an image alone, in RGB (grey is repeated). One network serves images of
 * every size (the matte's levels must divide it), since it only convolves. B images of H x W pixels.
 */
import type { ConvShape, Ops } from "./ops.ts";
import { ACTIVATION_BOUND, RGB } from "./spec.ts";

/** How many times as wide and high an image becomes. */
export const ENLARGED = 4;

const ENLARGER_WIDTH = 24;
const ENLARGER_BLOCKS = 4;
/** Weight of the residual branch in a block (mpSum's t). */
const ENLARGER_RESIDUAL = 0.3;

/**
 * The enlarger makes an image four times as wide and high. It computes what is missing from the Catmull-Rom enlargement
 * (render/image/resize.ts): edges instead of ramps. `x`: [B, 3, H, W] in [-1, 1] -> [B, 3, 4H, 4W], what is added.
 */
export function enlargerNetwork<T>(ops: Ops<T>, x: T): T {
  const quantizedConv = (h: T, path: string, outputs: number): T => {
    const shape: ConvShape = { inputs: ENLARGER_WIDTH, outputs, kernel: 3 };
    return ops.conv(ops.quantize(ops.silu(h), path, ACTIVATION_BOUND), path, shape);
  };
  let h = ops.conv(ops.appendOne(x), "in", { inputs: RGB + 1, outputs: ENLARGER_WIDTH, kernel: 3 });
  for (let i = 0; i < ENLARGER_BLOCKS; i++)
    h = ops.mpSum(h, quantizedConv(quantizedConv(h, `${i}.conv0`, ENLARGER_WIDTH), `${i}.conv1`, ENLARGER_WIDTH), ENLARGER_RESIDUAL);
  const pixels = quantizedConv(h, "out", ENLARGED * ENLARGED * RGB);
  return ops.depthToSpace(ops.depthToSpace(ops.gain(pixels, "out.gain")));
}

/** Height and width of the matte's images must be multiples of this, so that each level has whole pixels. */
export const MATTE_UNIT = 8;
/** Feature channels of its levels: level k has maps of 1 / 2^k of the image's size. */
const MATTE_WIDTHS = [16, 32, 48, 64];
/** Weight of the residual branch in a block, and of a skip connection (mpSum's t). */
const [MATTE_RESIDUAL, MATTE_SKIP] = [0.5, 0.5];

/**
 * The matte, a small U-Net, reads from an image on its ground how opaque each pixel is. `x`: [B, 3, H, W] in [-1, 1] ->
 * logits [B, 1, H, W]; opacity is 1 / (1 + exp(-logit)).
 */
export function matteNetwork<T>(ops: Ops<T>, x: T): T {
  const quantizedConv = (h: T, path: string, inputs: number, outputs: number, kernel: ConvShape["kernel"]): T =>
    ops.conv(ops.quantize(h, path, ACTIVATION_BOUND), path, { inputs, outputs, kernel });
  const block = (h: T, path: string, width: number): T => {
    const y = quantizedConv(ops.silu(h), `${path}.conv0`, width, width, 3);
    return ops.mpSum(h, quantizedConv(ops.silu(y), `${path}.conv1`, width, width, 3), MATTE_RESIDUAL);
  };
  /** Level k and all below it. */
  const level = (k: number, h: T): T => {
    const [width, inner] = MATTE_WIDTHS.slice(k);
    const skip = block(h, `enc.${k}`, width);
    if (inner === undefined) return skip;
    const below = level(k + 1, quantizedConv(ops.downsample(skip), `down.${k + 1}`, width, inner, 1));
    const up = ops.upsample(quantizedConv(below, `up.${k + 1}`, inner, width, 1));
    return block(ops.mpSum(up, skip, MATTE_SKIP), `dec.${k}`, width);
  };
  const h = level(0, ops.conv(ops.appendOne(x), "in", { inputs: RGB + 1, outputs: MATTE_WIDTHS[0], kernel: 3 }));
  return ops.gain(quantizedConv(ops.silu(h), "out", MATTE_WIDTHS[0], 1, 3), "out.gain");
}

export const FINISHERS = { enlarger: enlargerNetwork, matte: matteNetwork } as const;

export type FinisherName = keyof typeof FINISHERS;

export const FINISHER_NAMES = Object.keys(FINISHERS) as FinisherName[];
