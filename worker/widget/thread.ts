/**
 * The Web Worker that draws, in one file with our own engine. Other runtimes are downloaded when an element first asks
 * for one. The worker runs from a copy of its script (engine-thread.ts), so its name is the address of the folder that
 * the script came from.
 */
import type { Runtime } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import type { Runtimes } from "./models.ts";
import { type Port, serve } from "./serve.ts";

/** Set by the build: name of the file that `runtime/onnxruntime.ts` became. */
declare const ONNXRUNTIME_FILE: string;

const RUNTIMES: Runtimes = {
  simd: async () => simd,
  onnxruntime: async () => ((await import(new URL(ONNXRUNTIME_FILE, self.name).href)) as { readonly runtime: Runtime }).runtime,
};

serve(globalThis as unknown as Port, RUNTIMES);
