/**
 * Operations on maps [B, H, W, C], with gradients that are written out. A backend may have kernels of their own for them, which
 * make one pass over memory each (backend/wasm.ts); on others they are made of tfjs' operations.
 */
import type * as TF from "@tensorflow/tfjs";
import { mpSumNorm, SILU_NORM } from "../../wasm-model/network/ops.ts";
import { MAX_CODE } from "../../wasm-model/network/quantization.ts";

export const SILU_GAIN = 1 / SILU_NORM;
/** Keeps the scale of an all-zero map above 0. */
export const TINY = 1e-20;

/** Names of the kernels, and what they compute of their inputs. */
export const MAP_KERNELS = {
  /** {x} -> y = k x sigmoid(x), k = SILU_GAIN. */
  silu: "AnnealSilu",
  /** {x, dy}, {bound} -> dx, 0 where |y| is above the bound. */
  siluGradient: "AnnealSiluGradient",
  /** {x, dy}, {bound} -> dx, 0 where |x| is above the bound. */
  clipGradient: "AnnealClipGradient",
  /** {a, b}, {ofA, ofB} -> ofA a + ofB b. */
  weightedSum: "AnnealWeightedSum",
  /** {x, v [B, C]} -> x v. */
  modulate: "AnnealModulate",
  /** {x, v, dy} -> dx, dv. */
  modulateGradient: "AnnealModulateGradient",
  /** {x}, {factor} -> the sums of 2x2 pixels, times the factor. */
  pool: "AnnealPool",
  /** {x}, {factor} -> each pixel, times the factor, as 2x2 pixels. */
  repeat: "AnnealRepeat",
  /** {x} -> x after rounding to codes. */
  throughCodes: "AnnealThroughCodes",
} as const;

interface Differentiable {
  readonly value: TF.Tensor;
  /** The derivatives by the inputs, from that by the value and what was saved. */
  readonly gradient: (dy: TF.Tensor, saved: readonly TF.Tensor[]) => TF.Tensor[];
}

/**
 * An operation with a gradient that is written out. It frees what it reads and what it computes on the way: tfjs would keep
 * both until the whole network's gradient is done, and a step would take half as much memory again.
 */
function differentiable(tf: typeof TF, inputs: readonly TF.Tensor[], operation: (save: TF.GradSaveFunc) => Differentiable): TF.Tensor {
  return tf.customGrad((...given) => {
    const { value, gradient } = operation(given.at(-1) as TF.GradSaveFunc);
    const gradFunc = (dy: TF.Tensor, saved: TF.Tensor[]): TF.Tensor[] => {
      const gradients = tf.tidy(() => gradient(dy, saved));
      tf.dispose([dy, ...saved]);
      return gradients;
    };
    return { value, gradFunc };
  })(...inputs);
}

/** f(x) with the gradient of x, the straight-through estimator (Bengio et al. 2013). */
export function straightThrough(tf: typeof TF, x: TF.Tensor, f: (x: TF.Tensor) => TF.Tensor): TF.Tensor {
  return tf.customGrad((x) => ({ value: f(x as TF.Tensor), gradFunc: (dy) => dy }))(x);
}

export interface MapOps {
  silu(x: TF.Tensor): TF.Tensor;
  /** x clipped to [-bound, bound], with gradient 0 where clipped. */
  clip(x: TF.Tensor, bound: number): TF.Tensor;
  /** ((1-t) a + t b) / mpSumNorm(t). */
  mpSum(a: TF.Tensor, b: TF.Tensor, t: number): TF.Tensor;
  /** x times v [B, C] or [B, 1]. */
  modulate(x: TF.Tensor, v: TF.Tensor): TF.Tensor;
  downsample(x: TF.Tensor): TF.Tensor;
  upsample(x: TF.Tensor): TF.Tensor;
  /** A map after rounding to codes 0..MAX_CODE over its own range, which includes 0, as in quantize/quantize.ts. */
  throughCodes(x: TF.Tensor): TF.Tensor;
}

export const mapOps = (tf: typeof TF): MapOps =>
  tf.getKernel(MAP_KERNELS.silu, tf.getBackend()) ? { ...composedOps(tf), ...ofKernels(tf) } : composedOps(tf);

function ofKernels(tf: typeof TF): Partial<MapOps> {
  const results = (name: keyof typeof MAP_KERNELS, inputs: TF.NamedTensorMap, attrs: TF.NamedAttrMap = {}): TF.Tensor[] =>
    tf.engine().runKernel(MAP_KERNELS[name], inputs, attrs) as TF.Tensor[];
  const result = (...call: Parameters<typeof results>) => results(...call)[0];
  /** What results of silu were computed from: silu and the clip after it have one gradient. */
  const inputs = new WeakMap<TF.Tensor, TF.Tensor>();
  const resampled = (x: TF.Tensor, name: "pool" | "repeat", factor: number): TF.Tensor =>
    differentiable(tf, [x], () => ({
      value: result(name, { x }, { factor }),
      gradient: (dy) => [result(name === "pool" ? "repeat" : "pool", { x: dy }, { factor })],
    }));
  return {
    silu(x) {
      const y = differentiable(tf, [x], (save) => {
        save([x]);
        return { value: result("silu", { x }), gradient: (dy, [x]) => [result("siluGradient", { x, dy }, { bound: Infinity })] };
      });
      inputs.set(y, x);
      return y;
    },
    clip(x, bound) {
      const input = inputs.get(x);
      return differentiable(tf, [input ?? x], (save) => {
        save([input ?? x]);
        return {
          value: tf.clipByValue(x, -bound, bound),
          gradient: (dy, [x]) => [result(input ? "siluGradient" : "clipGradient", { x, dy }, { bound })],
        };
      });
    },
    mpSum(a, b, t) {
      const [ofA, ofB] = [(1 - t) / mpSumNorm(t), t / mpSumNorm(t)];
      return differentiable(tf, [a, b], () => ({
        value: result("weightedSum", { a, b }, { ofA, ofB }),
        gradient: (dy) => [tf.mul(dy, ofA), tf.mul(dy, ofB)],
      }));
    },
    modulate(x, v) {
      if (v.shape[1] !== x.shape[3]) return modulated(tf, x, v);
      return differentiable(tf, [x, v], (save) => {
        save([x, v]);
        return { value: result("modulate", { x, v }), gradient: (dy, [x, v]) => results("modulateGradient", { x, v, dy }) };
      });
    },
    downsample: (x) => resampled(x, "pool", 1 / 4),
    upsample: (x) => resampled(x, "repeat", 1),
    throughCodes: (x) => result("throughCodes", { x }),
  };
}

const composedOps = (tf: typeof TF): MapOps => ({
  /** With s = sigmoid(x) and k = SILU_GAIN the derivative is s (k - y) + y: half as many passes over memory as by the chain rule. */
  silu: (x) =>
    differentiable(tf, [x], (save) => {
      const s = tf.sigmoid(x);
      const y = tf.mul(tf.mul(x, s), SILU_GAIN);
      save([s, y]);
      return { value: y, gradient: (dy, [s, y]) => [tf.mul(dy, tf.add(tf.mul(s, tf.sub(SILU_GAIN, y)), y))] };
    }),
  /** tfjs's own gradient makes twice as many passes. */
  clip: (x, bound) =>
    differentiable(tf, [x], (save) => {
      const value = tf.clipByValue(x, -bound, bound);
      save([x, value]);
      return { value, gradient: (dy, [x, value]) => [tf.mul(dy, tf.cast(tf.equal(x, value), "float32"))] };
    }),
  mpSum(a, b, t) {
    const [ofA, ofB] = [(1 - t) / mpSumNorm(t), t / mpSumNorm(t)];
    return differentiable(tf, [a, b], () => ({
      value: tf.add(tf.mul(a, ofA), tf.mul(b, ofB)),
      gradient: (dy) => [tf.mul(dy, ofA), tf.mul(dy, ofB)],
    }));
  },
  modulate: (x, v) => modulated(tf, x, v),
  downsample: (x) => tf.avgPool(x as TF.Tensor4D, 2, 2, "valid"),
  upsample(x) {
    const [b, h, w, c] = x.shape as [number, number, number, number];
    return tf.reshape(tf.mul(tf.reshape(x, [b, h, 1, w, 1, c]), tf.ones([1, 1, 2, 1, 2, 1])), [b, 2 * h, 2 * w, c]);
  },
  throughCodes(x) {
    const [low, high] = [tf.minimum(tf.min(x), 0), tf.maximum(tf.max(x), 0)];
    const scale = tf.maximum(tf.div(tf.sub(high, low), MAX_CODE), TINY);
    const largest = tf.add(tf.round(tf.div(low, scale)), MAX_CODE);
    return tf.mul(tf.minimum(tf.round(tf.div(x, scale)), largest), scale);
  },
});

function modulated(tf: typeof TF, x: TF.Tensor, v: TF.Tensor): TF.Tensor {
  const summed = v.shape[1] === 1 ? [1, 2, 3] : [1, 2];
  return differentiable(tf, [x, v], (save) => {
    const factors = tf.reshape(v, [v.shape[0], 1, 1, v.shape[1] as number]);
    save([x, factors]);
    return {
      value: tf.mul(x, factors),
      gradient: (dy, [x, factors]) => [tf.mul(dy, factors), tf.reshape(tf.sum(tf.mul(dy, x), summed), v.shape)],
    };
  });
}
