/** The Web Worker in which images are drawn. A runtime is downloaded when the first element asks for it, so nobody pays for one that no one uses. */
import { type Port, type Runtimes, serve } from "./serve.ts";

const RUNTIMES: Runtimes = {
  simd: async () => (await import("../../wasm-model/runtime/simd.ts")).simd,
  onnxruntime: async () => (await import("./runtime/onnxruntime.ts")).runtime,
};

serve(globalThis as unknown as Port, RUNTIMES);
