/**
 * Either build of the engine with the shipped model, in one script that needs nothing else: bundled, it runs in any
 * Node and in browsers.
 */
import { engineRuntime } from "../../wasm-model/runtime/engine.ts";
import { builds } from "../../wasm-model/runtime/simd.ts";
import { drawAll, type Hashes } from "./draw.ts";

/** By the bundler: the file of the shipped model, in base64. */
declare const MODEL: string;

export type Build = keyof typeof builds;

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

export function drawWith(build: Build): Promise<Hashes> {
  return drawAll(bytesOf(MODEL), engineRuntime({ relaxed: builds[build], plain: builds[build] }));
}
