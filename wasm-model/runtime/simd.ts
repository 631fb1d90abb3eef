/**
 * Our own engine as a ready runtime, the default: `loadModel(source, { runtime: simd })`. For Node and browsers; this module embeds both
 * builds. Workers import `simd.workerd.ts` instead (package condition `workerd`), since they may not compile bytes.
 */
import { PLAIN, RELAXED } from "../engine/dist/bytes.ts";
import { type Builds, engineRuntime } from "./engine.ts";

const compile = (base64: string): Promise<WebAssembly.Module> =>
  WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

export const builds: Builds = { relaxed: () => compile(RELAXED), plain: () => compile(PLAIN) };

export const simd = engineRuntime(builds);
