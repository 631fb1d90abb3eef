/** The engine as a runtime. */
import { relaxedSimd } from "wasm-feature-detect";
import { nativeShape } from "../model/card.ts";
import { enlargerFile, opacitiesOf } from "../model/model.ts";
import { readFinisher } from "../model/onnx/reader.ts";
import { createEngine } from "./engine.ts";
import { createFinisher } from "./finisher.ts";
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
  async function compileBuild(): Promise<CompiledModule> {
    try {
      return await ((await relaxedSimd()) ? builds.relaxed() : builds.plain());
    } catch (error) {
      module = undefined; // the next load tries again
      throw error;
    }
  }
  const enlargers = new Map<string, Awaited<ReturnType<typeof createFinisher>>>();
  return {
    async load(model) {
      module ??= compileBuild();
      const compiled = await module;
      const engine = await createEngine(compiled, model);
      const native = nativeShape(model.card);
      const size = `${native.width}x${native.height}`;
      const own = model.enlarger && (await createFinisher("enlarger", compiled, model.enlarger, native));
      const matte = model.matte && (await createFinisher("matte", compiled, model.matte, model.card.spec));
      return {
        spec: engine.spec,
        bytes: engine.bytes + (own?.bytes ?? 0) + (matte?.bytes ?? 0),
        denoise: engine.denoise.bind(engine),
        // No promise is kept: in Workers, requests must not share any.
        async enlarge(image) {
          if (own) return own.finish(image);
          const enlarger =
            enlargers.get(size) ?? (await createFinisher("enlarger", compiled, readFinisher("enlarger", await enlargerFile()), native));
          enlargers.set(size, enlarger);
          return enlarger.finish(image);
        },
        ...(matte && { matte: (image: Float32Array) => opacitiesOf(matte.finish(image)) }),
        dispose() {}, // instances and memory are garbage-collected with it
      };
    },
  };
}
