/** The WASM backend, which runs everywhere: in Node and in a page's worker. */
import type * as TF from "@tensorflow/tfjs";
import { type Backend, eager } from "./step.ts";
import { registerWasmKernels } from "./wasm-kernels.ts";

/** Activates it. "@tensorflow/tfjs-backend-wasm" is imported and knows where its files are. Throws if it does not start. */
export async function wasmBackend(tf: typeof TF, describe: string): Promise<Backend> {
  registerWasmKernels(tf);
  if (!(await tf.setBackend("wasm"))) throw new Error("Expected the wasm backend of TensorFlow.js to start but it did not");
  return { tf, name: "wasm", describe, compile: (_, compute) => eager(tf, compute) };
}
