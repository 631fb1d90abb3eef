/**
 * Gradient kernels for the WASM backend of TensorFlow.js, which can run a network but not train one. It lacks
 * Conv2DBackpropFilter. Its Conv2DBackpropInput and its BatchMatMul of transposed matrices are an order of magnitude
 * slower than its forward kernels. Here each is written in terms of those forward kernels.
 *
 * Letters: images x [N, H, W, C], filters w [KH, KW, C, O], outputs y [N, P, Q, O], stride s; dx, dw, dy are
 * derivatives of the loss.
 *   y[n,p,q,o] = sum_{i,j,c} x[n, s p + i, s q + j, c] w[i,j,c,o], with x zero-padded.
 *
 * Maximum error: 1e-5 of the largest element for sums of up to 25 000 products (batch 128 at 14 x 14), measured against
 * the cpu backend, which adds the same float32 products in another order.
 */
import type * as TF from "@tensorflow/tfjs";
import type { Tf } from "../network/score-network.ts";

export type KernelFunc = TF.KernelConfig["kernelFunc"];

const BACKEND = "wasm";

/** Registers the kernels, once. Throws unless "@tensorflow/tfjs-backend-wasm" was imported; it need not be initialized. */
export function registerWasmGradients(tf: Tf): void {
  if (tf.getKernel(tf.Conv2DBackpropFilter, BACKEND) !== undefined) return;
  replaceKernel(tf, tf.BatchMatMul, (builtIn) => batchMatMul(tf, builtIn));
  replaceKernel(tf, tf.Conv2DBackpropInput, (builtIn) => conv2DBackpropInput(tf, builtIn));
  tf.registerKernel({ kernelName: tf.Conv2DBackpropFilter, backendName: BACKEND, kernelFunc: conv2DBackpropFilter(tf) });
}

/** Replaces the built-in kernel by `make(builtIn)`. Its set-up function stays, since the built-in kernel is still called. */
function replaceKernel(tf: Tf, kernelName: string, make: (builtIn: KernelFunc) => KernelFunc): void {
  const config = tf.getKernel(kernelName, BACKEND);
  if (config === undefined) {
    throw new Error(`Expected the kernels of "@tensorflow/tfjs-backend-wasm" in \`tf\` but received no ${kernelName} for it`);
  }
  tf.unregisterKernel(kernelName, BACKEND);
  tf.registerKernel({ ...config, kernelFunc: make(config.kernelFunc) });
}

// The inputs of a kernel belong to the caller. They are used directly: a new tensor made from one inside tf.tidy would
// free the caller's data at the end.

/**
 * dw[i,j,c,o] = sum_{n,p,q} x[n, s p + i, s q + j, c] dy[n,p,q,o]: the convolution of the image x [C, H, W, N], whose
 * channels are N, with the filter dy [P, Q, N, O], dilated by s. Its output [C, >= KH, >= KW, O] may be larger than dw
 * where pixels lie behind the last stride; that surplus is dropped.
 */
function conv2DBackpropFilter(tf: Tf): KernelFunc {
  return ({ inputs, attrs }) => {
    const { x, dy } = inputs as { x: TF.Tensor4D; dy: TF.Tensor4D };
    const { strides, pad, filterShape } = attrs as unknown as TF.Conv2DBackpropFilterAttrs;
    const { padInfo, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
    const [kernelHeight, kernelWidth, channels, outputs] = filterShape;
    return tf.tidy(() => {
      // Transposed before padding: padded sizes tend to be powers of two, which transpose three times as slowly.
      const image = tf.pad(tf.transpose(x, [3, 1, 2, 0]), [
        [0, 0],
        [padInfo.top, padInfo.bottom],
        [padInfo.left, padInfo.right],
        [0, 0],
      ]);
      const filter = tf.transpose(dy, [1, 2, 0, 3]);
      const dw = tf.conv2d(image, filter, 1, "valid", "NHWC", [strideHeight, strideWidth]);
      return tf.transpose(tf.slice(dw, [0, 0, 0, 0], [channels, kernelHeight, kernelWidth, outputs]), [1, 2, 0, 3]);
    });
  };
}

/**
 * At stride 1, dx[n,h,w,c] = sum_{i,j,o} dy[n, h - i, w - j, o] w[i,j,c,o]: the convolution of dy, padded by kernel
 * size - 1 minus the padding of x, with the filters turned by 180 degrees and C and O exchanged. Other strides use the
 * built-in kernel.
 */
function conv2DBackpropInput(tf: Tf, builtIn: KernelFunc): KernelFunc {
  return (call) => {
    const { dy, filter } = call.inputs as { dy: TF.Tensor4D; filter: TF.Tensor4D };
    const { strides, pad, inputShape } = call.attrs as unknown as TF.Conv2DBackpropInputAttrs;
    const { padInfo, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad);
    const [kernelHeight, kernelWidth] = filter.shape;
    const rows: [number, number] = [kernelHeight - 1 - padInfo.top, kernelHeight - 1 - padInfo.bottom];
    const columns: [number, number] = [kernelWidth - 1 - padInfo.left, kernelWidth - 1 - padInfo.right];
    if (strideHeight !== 1 || strideWidth !== 1 || Math.min(...rows, ...columns) < 0) return builtIn(call);
    return tf.tidy(() => tf.conv2d(dy, tf.transpose(turned(tf, filter), [0, 1, 3, 2]), 1, [[0, 0], rows, columns, [0, 0]]));
  };
}

/** w[KH - 1 - i, KW - 1 - j, c, o], by an exchange matrix of the taps: exact, and 15 times as fast as tf.reverse. */
function turned(tf: Tf, filter: TF.Tensor4D): TF.Tensor4D {
  const taps = filter.shape[0] * filter.shape[1];
  const exchange = tf.reverse(tf.eye(taps), 0);
  return tf.reshape(tf.matMul(exchange, tf.reshape(filter, [taps, -1])), filter.shape);
}

/** Transposes first, then multiplies: the built-in product is fast only for untransposed matrices. */
function batchMatMul(tf: Tf, builtIn: KernelFunc): KernelFunc {
  return (call) => {
    const { a, b } = call.inputs as { a: TF.Tensor; b: TF.Tensor };
    const { transposeA, transposeB } = call.attrs as unknown as TF.BatchMatMulAttrs;
    if (!transposeA && !transposeB) return builtIn(call);
    return tf.tidy(() => tf.matMul(transposeA ? transposed(tf, a) : a, transposeB ? transposed(tf, b) : b));
  };
}

/** [..., M, K] -> [..., K, M]. */
function transposed(tf: Tf, matrices: TF.Tensor): TF.Tensor {
  const axes = matrices.shape.map((_, axis) => axis);
  return tf.transpose(matrices, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}
