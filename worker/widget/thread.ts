/**
 * The Web Worker in which images are drawn, in one file with our own engine. Other runtimes are downloaded when the first element asks for one, so nobody pays
 * for what no one uses. The worker's name is the address of the folder that its script came from: it runs from a copy of the script (engine-thread.ts).
 */
import type { Runtime } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import type { Runtimes } from "./models.ts";
import { type Port, serve } from "./serve.ts";

/** By the build: name of the file that `runtime/onnxruntime.ts` became. */
declare const ONNXRUNTIME_FILE: string;

const RUNTIMES: Runtimes = {
  simd: async () => simd,
  onnxruntime: async () => ((await import(new URL(ONNXRUNTIME_FILE, self.name).href)) as { readonly runtime: Runtime }).runtime,
};

serve(globalThis as unknown as Port, RUNTIMES);
