/** Our engine as a ready runtime, with both builds embedded. Workers, which may not compile bytes, import simd.workerd.ts. */

import { fromBase64 } from "../schema/bytes.ts";
import { BUILDS, RELAXED_LENGTH } from "./dist/bytes.ts";
import { type Builds, engineRuntime } from "./runtime.ts";

/** Both builds, concatenated. They are nearly the same bytes, so they deflate well in one stream. */
async function inflateBuilds(): Promise<Uint8Array<ArrayBuffer>> {
  const { body } = new Response(fromBase64(BUILDS));
  return new Uint8Array(await new Response(body?.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer());
}

export const builds: Builds = {
  relaxed: async () => WebAssembly.compile((await inflateBuilds()).subarray(0, RELAXED_LENGTH)),
  plain: async () => WebAssembly.compile((await inflateBuilds()).subarray(RELAXED_LENGTH)),
};

export const simd = engineRuntime(builds);
