/**
 * The matte: a small U-Net that reads from an image on its ground how opaque each pixel is. One network serves images of every
 * size that its levels divide, since it only convolves.
 *
 * B images of H x W pixels, multiples of `MATTE_UNIT`.
 */
import type { ConvShape, Ops } from "./ops.ts";
import { ACTIVATION_BOUND, RGB } from "./spec.ts";

/** Height and width must be multiples of this, so that each level has whole pixels. */
export const MATTE_UNIT = 8;
/** Feature channels of the levels: level k has maps of 1 / 2^k of the image's size. */
const WIDTHS = [16, 32, 48, 64];
/** Weight of the residual branch in a block, and of a skip connection (mpSum's t). */
const [RESIDUAL, SKIP] = [0.5, 0.5];

/** `x`: [B, 3, H, W] in [-1, 1] -> logits [B, 1, H, W]; opacity is 1 / (1 + exp(-logit)). */
export function matteNetwork<T>(ops: Ops<T>, x: T): T {
  const quantizedConv = (h: T, path: string, inputs: number, outputs: number, kernel: ConvShape["kernel"]): T =>
    ops.conv(ops.quantize(h, path, ACTIVATION_BOUND), path, { inputs, outputs, kernel });
  const block = (h: T, path: string, width: number): T => {
    const y = quantizedConv(ops.silu(h), `${path}.conv0`, width, width, 3);
    return ops.mpSum(h, quantizedConv(ops.silu(y), `${path}.conv1`, width, width, 3), RESIDUAL);
  };
  /** Level k and all below it. */
  const level = (k: number, h: T): T => {
    const [width, inner] = WIDTHS.slice(k);
    const skip = block(h, `enc.${k}`, width);
    if (inner === undefined) return skip;
    const below = level(k + 1, quantizedConv(ops.downsample(skip), `down.${k + 1}`, width, inner, 1));
    const up = ops.upsample(quantizedConv(below, `up.${k + 1}`, inner, width, 1));
    return block(ops.mpSum(up, skip, SKIP), `dec.${k}`, width);
  };
  const h = level(0, ops.conv(ops.appendOne(x), "in", { inputs: RGB + 1, outputs: WIDTHS[0], kernel: 3 }));
  return ops.gain(quantizedConv(ops.silu(h), "out", WIDTHS[0], 1, 3), "out.gain");
}
