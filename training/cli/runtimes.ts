/** What can run a model on the command line, by name. onnxruntime-web is big: it is loaded only when it is asked for. */
import type { Runtime } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { expectInstalled } from "./peers.ts";

export const RUNTIMES = {
  simd: async () => simd,
  onnxruntime: async () => {
    expectInstalled("`--runtime onnxruntime`", ["onnxruntime-web"]);
    const { onnxruntime } = await import("../../wasm-model/runtime/onnxruntime.ts");
    return onnxruntime({ ort: await import("onnxruntime-web/wasm") });
  },
} satisfies Record<string, () => Promise<Runtime>>;
export type RuntimeName = keyof typeof RUNTIMES;
