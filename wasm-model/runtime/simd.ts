/**
 * Our own engine as a ready runtime, the default: `loadModel(source)`. For Node and browsers; this
 * module embeds both builds. Workers import `simd.workerd.ts` instead (package condition `workerd`), since they may not
 * compile bytes.
 */
import { BUILDS, RELAXED_LENGTH } from "../engine/dist/bytes.ts";
import { type Builds, engineRuntime } from "./engine.ts";

/** Both builds, concatenated. They are nearly the same bytes, so they deflate well in one stream. */
async function inflated(): Promise<Uint8Array<ArrayBuffer>> {
  const deflated = Uint8Array.from(atob(BUILDS), (character) => character.charCodeAt(0));
  const { body } = new Response(deflated);
  return new Uint8Array(await new Response(body?.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer());
}

export const builds: Builds = {
  relaxed: async () => WebAssembly.compile((await inflated()).subarray(0, RELAXED_LENGTH)),
  plain: async () => WebAssembly.compile((await inflated()).subarray(RELAXED_LENGTH)),
};

export const simd = engineRuntime(builds);
