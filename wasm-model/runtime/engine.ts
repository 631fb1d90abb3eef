/** The engine as a runtime. */
import { relaxedSimd } from "wasm-feature-detect";
import { createEngine } from "../engine/engine.ts";
import type { Runtime } from "./load.ts";

/** A `WebAssembly.Module`. Each host has its own type for it. */
type CompiledModule = object;

/** How a host gets the two builds of the engine's module. */
export interface Builds {
  relaxed(): CompiledModule | Promise<CompiledModule>;
  plain(): CompiledModule | Promise<CompiledModule>;
}

/**
 * The engine, on the build that this host can run. The module is compiled with the first model and shared by all
 * models.
 */
export function engineRuntime(builds: Builds): Runtime {
  let module: Promise<CompiledModule> | undefined;
  const pick = async (): Promise<CompiledModule> => ((await relaxedSimd()) ? builds.relaxed() : builds.plain());
  return {
    async load(model) {
      module ??= pick();
      return createEngine(await module, model);
    },
  };
}
