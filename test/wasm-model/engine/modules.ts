/** The builds of the engine and their convolutions: what every test of the kernels runs through. */
import { PLAIN, RELAXED } from "../../../wasm-model/engine/dist/bytes.ts";
import type { Convolution } from "../../../wasm-model/engine/engine.ts";

const compile = (base64: string): Promise<WebAssembly.Module> =>
  WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

export const plain = await compile(PLAIN);
export const relaxed = await compile(RELAXED);

export const VARIANTS: readonly { name: string; module: WebAssembly.Module; convolution: Convolution }[] = [
  { name: "plain", module: plain, convolution: "winograd" },
  { name: "relaxed, winograd", module: relaxed, convolution: "winograd" },
  { name: "relaxed, direct", module: relaxed, convolution: "direct" },
];
