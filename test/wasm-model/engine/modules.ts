/** The builds of the engine and their convolutions: what every test of the kernels runs through. */
import type { Convolution } from "../../../wasm-model/engine/engine.ts";
import { builds } from "../../../wasm-model/engine/simd.ts"; // in workerd: simd.workerd.ts (test/worker/vitest.config.ts)

export const plain = await builds.plain();
export const relaxed = await builds.relaxed();

export const BUILDS = [
  { name: "plain", module: plain },
  { name: "relaxed", module: relaxed },
];

export const VARIANTS: readonly { name: string; module: WebAssembly.Module; convolution: Convolution }[] = [
  { name: "plain", module: plain, convolution: "winograd" },
  { name: "relaxed, winograd", module: relaxed, convolution: "winograd" },
  { name: "relaxed, direct", module: relaxed, convolution: "direct" },
];
