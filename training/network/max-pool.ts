import type * as TF from "@tensorflow/tfjs";
import { type Tf, tensorOps } from "./score-network.ts";

/**
 * 2x2 maximum pooling: [B, 2H, 2W, C] -> [B, H, W, C]. Its gradient, which equal values share whole, is written out: the wasm backend's own is wrong where all values of a window are
 * negative.
 */
export function maxPool(tf: Tf, x: TF.Tensor): TF.Tensor {
  const { upsample } = tensorOps(tf, new Map());
  return tf.customGrad((x, save) => {
    const value = tf.maxPool(x as TF.Tensor4D, 2, 2, "valid");
    (save as TF.GradSaveFunc)([x as TF.Tensor, value]);
    return {
      value,
      gradFunc: (dy, [x, value]) => tf.mul(upsample(dy), tf.cast(tf.equal(x as TF.Tensor, upsample(value as TF.Tensor)), "float32")),
    };
  })(x);
}
