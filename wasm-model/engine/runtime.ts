/** The engine as a runtime. */
import { relaxedSimd } from "wasm-feature-detect";
import { nativeShape } from "../model/card.ts";
import { enlargerFile } from "../model/model.ts";
import { readEnlarger } from "../model/onnx/reader.ts";
import { createEngine } from "./engine.ts";
import { createEnlarger } from "./enlarger-program.ts";
import type { Runtime } from "./load.ts";

/** A `WebAssembly.Module`. Each host has its own type for it. */
type CompiledModule = object;

/** How a host gets the two builds of the engine's module. */
export interface Builds {
  relaxed(): CompiledModule | Promise<CompiledModule>;
  plain(): CompiledModule | Promise<CompiledModule>;
}

/** The engine, on the build for this host, compiled with the first model. Models of the same size share the library's enlarger. */
export function engineRuntime(builds: Builds): Runtime {
  let module: Promise<CompiledModule> | undefined;
  async function pick(): Promise<CompiledModule> {
    try {
      return await ((await relaxedSimd()) ? builds.relaxed() : builds.plain());
    } catch (error) {
      module = undefined; // the next load tries again
      throw error;
    }
  }
  const enlargers = new Map<string, Awaited<ReturnType<typeof createEnlarger>>>();
  return {
    async load(model) {
      module ??= pick();
      const compiled = await module;
      const engine = await createEngine(compiled, model);
      const native = nativeShape(model.card);
      const size = `${native.width}x${native.height}`;
      const own = model.enlarger && (await createEnlarger(compiled, model.enlarger, native));
      return {
        spec: engine.spec,
        bytes: engine.bytes + (own?.bytes ?? 0),
        denoise: engine.denoise.bind(engine),
        // No promise is kept: in Workers, requests must not share any.
        async enlarge(image) {
          if (own) return own.enlarge(image);
          const enlarger = enlargers.get(size) ?? (await createEnlarger(compiled, readEnlarger(await enlargerFile()), native));
          enlargers.set(size, enlarger);
          return enlarger.enlarge(image);
        },
        dispose() {}, // instances and memory are garbage-collected with it
      };
    },
  };
}
