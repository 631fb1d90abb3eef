/** Our own engine as a ready runtime, for Workers: what is compiled elsewhere are modules of the Worker's bundle. */
import drawing from "../engine/dist/drawing.wasm";
import plain from "../engine/dist/plain.wasm";
import relaxed from "../engine/dist/relaxed.wasm";
import { provideDrawingModule } from "../engine/drawing.ts";
import { type Builds, engineRuntime } from "./engine-runtime.ts";

provideDrawingModule(drawing);

export const builds: Builds = { relaxed: () => relaxed, plain: () => plain };

export const simd = engineRuntime(builds);
