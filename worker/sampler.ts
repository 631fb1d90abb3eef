/**
 * Isolate state: the models that travel with the Worker, ready to sample. They are made ready while the isolate starts, outside any request: so no request
 * pays for it, and none waits for a promise of another, which would never come if that one's client left.
 */
import { loadModel, type Model, type Runtime } from "../wasm-model/index.ts";
import { MODELS } from "./models.ts";

/** By name. */
export type ReadyModels = ReadonlyMap<string, Model>;

export async function readyModels(runtime: Runtime): Promise<ReadyModels> {
  const ready = new Map<string, Model>();
  for (const { name, file } of MODELS) ready.set(name, await loadModel(file, { runtime }));
  return ready;
}
