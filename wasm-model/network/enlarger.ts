/**
 * The enlarger: a small convolutional network that makes an image four times as wide and high. It computes what is
 * missing from the Catmull-Rom enlargement (render/image/resize.ts): edges instead of ramps. One network serves images
 * of every size, since it only convolves.
 *
 * B images of H x W pixels in three channels.
 */
import type { ConvShape, Ops } from "./ops.ts";
import { ACTIVATION_BOUND, RGB } from "./spec.ts";

/** How many times as wide and high an image becomes. */
export const ENLARGED = 4;

const WIDTH = 24;
const BLOCKS = 4;
/** Weight of the residual branch in a block (mpSum's t). */
const RESIDUAL = 0.3;

/** What is added to the smooth enlargement of `x`: [B, 3, H, W] in [-1, 1] -> [B, 3, 4H, 4W]. */
export function enlargerNetwork<T>(ops: Ops<T>, x: T): T {
  const quantizedConv = (h: T, path: string, outputs: number): T => {
    const shape: ConvShape = { inputs: WIDTH, outputs, kernel: 3 };
    return ops.conv(ops.quantize(ops.silu(h), path, ACTIVATION_BOUND), path, shape);
  };
  let h = ops.conv(ops.appendOne(x), "in", { inputs: RGB + 1, outputs: WIDTH, kernel: 3 });
  for (let i = 0; i < BLOCKS; i++) h = ops.mpSum(h, quantizedConv(quantizedConv(h, `${i}.conv0`, WIDTH), `${i}.conv1`, WIDTH), RESIDUAL);
  const pixels = quantizedConv(h, "out", ENLARGED * ENLARGED * RGB);
  return ops.depthToSpace(ops.depthToSpace(ops.gain(pixels, "out.gain")));
}
