/**
 * The kernels of our own as operations of TensorFlow.js, against its cpu backend.
 */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { registerWasmKernels } from "../../../training/backend/wasm.ts";
import { type MapOps, mapOps, straightThrough } from "../../../training/network/maps.ts";
import { sizeOf } from "../../../training/network/parameters.ts";
import { relativeDifference } from "../../support/random-model.ts";
import { normalValues } from "../../support/random-numbers.ts";

/** Between the backends, relative to the largest element (convolutions.test.ts). */
const TOLERANCE = 3e-5;
interface Named {
  readonly name: string;
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** A scalar function of tensors. */
type Loss = (...inputs: tf.Tensor[]) => tf.Scalar;

/** Standard normal values that depend on name and shape only. */
const normal = (name: string, shape: readonly number[]): Named => ({ name, values: normalValues(name, sizeOf(shape)), shape });

const tensor = ({ values, shape }: Named): tf.Tensor => tf.tensor(values, [...shape]);

/**
 * Mean squared distance of f's output from a random target: its value tests f, its gradients test those of f with a
 * dense dy.
 */
const distance =
  (f: (...inputs: tf.Tensor[]) => tf.Tensor): Loss =>
  (...inputs) => {
    const y = f(...inputs);
    return tf.mean(tf.squaredDifference(y, tensor(normal("target", y.shape))));
  };

/** The loss and its gradient by each input, named after the input. */
async function differentiate(backend: "wasm" | "cpu", loss: Loss, inputs: Named[]): Promise<{ value: number; gradients: Named[] }> {
  await tf.setBackend(backend);
  const { value, grads } = tf.tidy(() => tf.valueAndGrads(loss)(inputs.map(tensor)));
  const gradients = grads.map((g, i) => ({ name: inputs[i].name, values: g.dataSync() as Float32Array, shape: g.shape }));
  const result = { value: value.dataSync()[0], gradients };
  tf.dispose([value, grads]);
  return result;
}

/** Asserts equal values and gradients on both backends. */
async function expectBackendsAgree(loss: Loss, inputs: Named[]): Promise<void> {
  const actual = await differentiate("wasm", loss, inputs);
  const expected = await differentiate("cpu", loss, inputs);
  expect(Math.abs(actual.value - expected.value) / expected.value).toBeLessThanOrEqual(TOLERANCE);
  expected.gradients.forEach(({ name, shape, values }, i) => {
    const gradient = actual.gradients[i];
    expect(gradient.shape, name).toEqual(shape);
    expect(relativeDifference(gradient.values, values), name).toBeLessThanOrEqual(TOLERANCE);
  });
}

/** Asserts that calls of f leave no tensor and no buffer on the wasm backend. */
async function expectNoLeak(f: () => void): Promise<void> {
  await tf.setBackend("wasm");
  const count = () => ({ tensors: tf.memory().numTensors, buffers: tf.engine().backend.numDataIds() });
  const before = count();
  for (let i = 0; i < 5; i++) f();
  expect(count()).toEqual(before);
}

beforeAll(() => {
  tf.enableProdMode(); // or the cpu backend prints an advertisement
  registerWasmKernels(tf);
});

it.each([[[3, 3, 5, 8]], [[1, 1, 5, 9]]])("conv2d and its gradients, filters %j", async (filters) => {
  const loss = distance((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"));
  await expectBackendsAgree(loss, [normal("x", [3, 7, 5, 5]), normal("w", filters)]);
});

const transpositions = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

it.each([
  { batch: [], size: [1, 1, 1] },
  { batch: [], size: [5, 7, 3] },
  { batch: [1], size: [4, 3, 2] },
  { batch: [3], size: [2, 5, 17] },
  { batch: [2, 3], size: [4, 1, 5] },
] as const)("matMul of transposed matrices: batch $batch, sizes M, K, N $size", async ({ batch, size: [m, k, n] }) => {
  for (const [transposeA, transposeB] of transpositions) {
    const a = normal("a", [...batch, ...(transposeA ? [k, m] : [m, k])]);
    const b = normal("b", [...batch, ...(transposeB ? [n, k] : [k, n])]);
    const loss = distance((a, b) => tf.matMul(a, b, transposeA, transposeB));
    await expectBackendsAgree(loss, [a, b]);
  }
});

const map = (x: tf.Tensor) => x as tf.Tensor4D;
/** Operations on maps x [B, H, W, C], of which some take another map or a vector for each image. */
const MAP_OPS: Readonly<Record<string, (ops: MapOps, x: tf.Tensor, other: tf.Tensor) => tf.Tensor>> = {
  silu: (ops, x) => ops.silu(x),
  "clip of silu": (ops, x) => ops.clip(ops.silu(x), 0.4),
  clip: (ops, x) => ops.clip(x, 0.9),
  mpSum: (ops, x) => ops.mpSum(x, tf.reverse(map(x), 1), 0.3),
  modulate: (ops, x, v) => ops.modulate(x, v),
  downsample: (ops, x) => ops.downsample(x),
  upsample: (ops, x) => ops.upsample(x),
  throughCodes: (ops, x) => straightThrough(tf, x, ops.throughCodes),
};

describe.each([[[1, 2, 2, 1]], [[2, 4, 6, 5]], [[3, 6, 2, 33]]])("maps of %j", (shape) => {
  it.each(Object.entries(MAP_OPS))("%s and its gradients are those of tfjs' own operations", async (_, op) => {
    const v = normal("v", [shape[0], shape[3]]);
    await expectBackendsAgree(
      distance((x, v) => tf.add(op(mapOps(tf), x, v), tf.mul(0.1, tf.sum(v)))), // v has a gradient everywhere
      [normal("x", shape), v],
    );
  });
});

it("a copy shares the values of what it copies, and keeps them", async () => {
  await tf.setBackend("wasm");
  const x = tf.tensor1d([1, 2, 3]);
  const copy = x.clone();
  x.dispose();
  tf.tensor1d([4, 5, 6]).dispose();
  expect([...copy.dataSync()]).toEqual([1, 2, 3]);
  copy.dispose();
});

// Called without the operations around them, which would clean up after them.
const filterShape = [3, 3, 3, 2];
const convAttrs = { strides: 1, pad: "same", dataFormat: "NHWC" };
it.each([
  { kernel: tf.Conv2DBackpropFilter, inputs: { x: [2, 5, 4, 3], dy: [2, 5, 4, 2] }, attrs: { ...convAttrs, filterShape } },
  {
    kernel: tf.Conv2DBackpropInput,
    inputs: { dy: [2, 5, 4, 2], filter: filterShape },
    attrs: { ...convAttrs, inputShape: [2, 5, 4, 3] },
  },
  { kernel: tf.BatchMatMul, inputs: { a: [5, 3], b: [4, 5] }, attrs: { transposeA: true, transposeB: true } },
])("a kernel leaves no tensor behind: $kernel", async ({ kernel, inputs, attrs }) => {
  await expectNoLeak(() => {
    const tensors = Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, tensor(normal(name, shape))]));
    tf.dispose([tf.engine().runKernel(kernel, tensors, attrs), tensors]);
  });
});
