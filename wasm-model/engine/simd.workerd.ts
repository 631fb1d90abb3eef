/** Our own engine as a ready runtime, for Workers: what is compiled elsewhere are modules of the Worker's bundle. */
import drawing from "./dist/drawing.wasm";
import plain from "./dist/plain.wasm";
import relaxed from "./dist/relaxed.wasm";
import { provideDrawingModule } from "./drawing.ts";
import { type Builds, engineRuntime } from "./runtime.ts";

provideDrawingModule(drawing);

export const builds: Builds = { relaxed: () => relaxed, plain: () => plain };

export const simd = engineRuntime(builds);
