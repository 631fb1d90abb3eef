/** Our own engine as a ready runtime, for Workers: both builds are modules of the Worker's bundle. */
import plain from "../engine/dist/plain.wasm";
import relaxed from "../engine/dist/relaxed.wasm";
import { type Builds, engineRuntime } from "./engine.ts";

export const builds: Builds = { relaxed: () => relaxed, plain: () => plain };

export const simd = engineRuntime(builds);
