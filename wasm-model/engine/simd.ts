/** Our engine as a ready runtime, with both builds embedded. Workers, which may not compile bytes, import simd.workerd.ts. */

import { inflated } from "../schema/bytes.ts";
import { BUILDS, RELAXED_LENGTH } from "./dist/bytes.ts";
import { type Builds, engineRuntime } from "./runtime.ts";

/** Both builds are nearly the same bytes, so they deflate well in one stream. */
export const builds: Builds = {
  relaxed: async () => WebAssembly.compile((await inflated(BUILDS)).subarray(0, RELAXED_LENGTH)),
  plain: async () => WebAssembly.compile((await inflated(BUILDS)).subarray(RELAXED_LENGTH)),
};

export const simd = engineRuntime(builds);
