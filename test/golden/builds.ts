/** Either build of the engine with the shipped model, in one script that needs nothing else: bundled, it runs in any Node and in browsers. */
import { PLAIN, RELAXED } from "../../wasm-model/engine/dist/bytes.ts";
import file from "../../wasm-model/models/fashion-mnist/model.onnx";
import { engineRuntime } from "../../wasm-model/runtime/engine.ts";
import { drawAll, type Hashes } from "./draw.ts";

const BASE64 = { relaxed: RELAXED, plain: PLAIN };

export type Build = keyof typeof BASE64;

export function drawWith(build: Build): Promise<Hashes> {
  const compile = () => WebAssembly.compile(Uint8Array.from(atob(BASE64[build]), (character) => character.charCodeAt(0)));
  return drawAll(file, engineRuntime({ relaxed: compile, plain: compile }));
}
