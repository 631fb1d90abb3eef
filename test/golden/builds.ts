/** Either build of the engine with the shipped model, in one script that needs nothing else: bundled, it runs in any Node and in browsers. */
import { PLAIN, RELAXED } from "../../wasm-model/engine/dist/bytes.ts";
import { engineRuntime } from "../../wasm-model/runtime/engine.ts";
import { drawAll, type Hashes } from "./draw.ts";

/** By the bundler: the files of the shipped model, in base64. */
declare const MODEL: { readonly file: string; readonly teacher?: string };

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const BASE64 = { relaxed: RELAXED, plain: PLAIN };

export type Build = keyof typeof BASE64;

export function drawWith(build: Build): Promise<Hashes> {
  const compile = () => WebAssembly.compile(bytesOf(BASE64[build]));
  const { file, teacher } = MODEL;
  const files = { file: bytesOf(file), teacher: teacher === undefined ? undefined : bytesOf(teacher) };
  return drawAll(files, engineRuntime({ relaxed: compile, plain: compile }));
}
