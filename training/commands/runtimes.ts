/** What can run a model on the command line, by name. onnxruntime-web is big: it is loaded only when it is asked for. */
import { InvalidArgumentError } from "commander";
import type { Runtime } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";

export const RUNTIMES = {
  simd: async () => simd,
  onnxruntime: async () => {
    const [{ onnxruntime }, ort] = await Promise.all([import("../../wasm-model/runtime/onnxruntime.ts"), import("onnxruntime-web/wasm")]);
    return onnxruntime({ ort });
  },
} satisfies Record<string, () => Promise<Runtime>>;
export type RuntimeName = keyof typeof RUNTIMES;

/** The parser of `--runtime`. */
export function runtimeName(text: string): RuntimeName {
  if (Object.hasOwn(RUNTIMES, text)) return text as RuntimeName;
  throw new InvalidArgumentError(`Expected one of ${Object.keys(RUNTIMES).join(", ")} for \`runtime\` but received ${text}`);
}
