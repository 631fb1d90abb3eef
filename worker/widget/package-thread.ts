/** The drawing thread of `anneal/element`: with our own engine alone. */
import { simd } from "../../wasm-model/runtime/simd.ts";
import { type Port, serve } from "./serve.ts";

serve(globalThis as unknown as Port, {
  simd: async () => simd,
  onnxruntime: () => Promise.reject(new Error("Expected the server's /embed.js for `runtime=onnxruntime` but received anneal/element")),
});
