/**
 * Convolutions in bfloat16 for TensorFlow's native library. Sums stay float32; factors have 8 significant bits, which
 * is enough for training. Processors with bfloat16 instructions are about twice as fast. tfjs has no such type, so
 * tensors are cast before and after the operation, below tfjs.
 */
import { readFileSync } from "node:fs";
import type * as TF from "@tensorflow/tfjs";
import type { NativeBackend } from "./library.ts";
import type { KernelFunc } from "./wasm.ts";

type ConvolutionInputs = Record<"x" | "dy" | "filter", TF.TensorInfo>;

const NATIVE = "tensorflow";
/** TensorFlow's number for the type (tensorflow/core/framework/types.proto). */
const DT_BFLOAT16 = 14;

/** Whether this processor multiplies bfloat16 numbers. Known on Linux only; elsewhere false. */
export function multipliesBfloat16(): boolean {
  try {
    return /\b(avx512_bf16|amx_bf16)\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return false;
  }
}

/** Registers bfloat16 convolution kernels, gradients included. Returns a function that runs `f` with them active. */
export function bfloat16Convolutions(tf: typeof TF): <R>(f: () => R) => R {
  let isActive = false;
  const replace = (name: string, replacement: KernelFunc): void => {
    const { kernelFunc, ...config } = tf.getKernel(name, NATIVE);
    tf.unregisterKernel(name, NATIVE);
    tf.registerKernel({ ...config, kernelFunc: (call) => (isActive ? replacement : kernelFunc)(call) });
  };
  /** TensorFlow takes a gradient's shape as a tensor of its own, in place of the tensor that has this shape. */
  const withShape = (shape: unknown, gradient: (sizes: TF.TensorInfo) => TF.TensorInfo): TF.TensorInfo => {
    const sizes = tf.tensor1d(shape as number[], "int32");
    const result = gradient(sizes);
    sizes.dispose();
    return result;
  };
  replace("Conv2D", ({ inputs, backend, attrs }) => {
    const { x, filter } = inputs as ConvolutionInputs;
    return convolve(backend, "Conv2D", [x, filter], attrs);
  });
  replace("Conv2DBackpropInput", ({ inputs, backend, attrs }) => {
    const { dy, filter } = inputs as ConvolutionInputs;
    return withShape(attrs?.inputShape, (sizes) => convolve(backend, "Conv2DBackpropInput", [sizes, filter, dy], attrs));
  });
  replace("Conv2DBackpropFilter", ({ inputs, backend, attrs }) => {
    const { x, dy } = inputs as ConvolutionInputs;
    return withShape(attrs?.filterShape, (sizes) => convolve(backend, "Conv2DBackpropFilter", [x, sizes, dy], attrs));
  });
  return (f) => {
    isActive = true;
    try {
      return f();
    } finally {
      isActive = false;
    }
  };
}

/** Runs the operation with its float32 inputs rounded to bfloat16; returns float32. Stride 1, NHWC, as in all networks here. */
function convolve(backend: unknown, name: string, inputs: readonly TF.TensorInfo[], attrs: TF.NamedAttrMap | undefined): TF.TensorInfo {
  const native = backend as NativeBackend;
  const { binding } = native;
  const type = (attribute: string, value: number) => ({ name: attribute, type: binding.TF_ATTR_TYPE, value });
  const cast = (id: number, from: number, to: number) => {
    const attributes = [type("SrcT", from), type("DstT", to), { name: "Truncate", type: binding.TF_ATTR_BOOL, value: false }];
    return binding.executeOp("Cast", attributes, [id], 1)[0] as { readonly id: number };
  };
  const ids = native.getInputTensorIds(inputs);
  const rounded = ids.map((id, i) => (inputs[i].dtype === "float32" ? cast(id, binding.TF_FLOAT, DT_BFLOAT16).id : id));
  const attributes = [
    type("T", DT_BFLOAT16),
    { name: "strides", type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
    { name: "padding", type: binding.TF_ATTR_STRING, value: String(attrs?.pad).toUpperCase() },
    { name: "data_format", type: binding.TF_ATTR_STRING, value: "NHWC" },
    { name: "use_cudnn_on_gpu", type: binding.TF_ATTR_BOOL, value: true },
    { name: "dilations", type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
  ];
  const [{ id }] = binding.executeOp(name, attributes, rounded, 1) as [{ readonly id: number }];
  const output = native.createOutputTensor(cast(id, DT_BFLOAT16, binding.TF_FLOAT));
  for (const done of [...rounded.filter((short, i) => short !== ids[i]), id]) binding.deleteTensor(done);
  return output;
}
