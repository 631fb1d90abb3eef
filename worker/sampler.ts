/**
 * Isolate state: the models that travel with the Worker, ready to sample. They are made ready while the isolate starts, outside any request: so no request
 * pays for it, and none waits for a promise of another, which would never come if that one's client left.
 */
import { loadModel, type Model, type Runtime, sample } from "../wasm-model/index.ts";
import { MODELS } from "./models.ts";

/** By name. */
export type ReadyModels = ReadonlyMap<string, Model>;

export async function readyModels(runtime: Runtime): Promise<ReadyModels> {
  const ready = new Map<string, Model>();
  for (const { name, file } of MODELS) ready.set(name, await warm(await loadModel(file, { runtime })));
  return ready;
}

/** The first images run code that is not compiled yet: nobody waits for these. */
async function warm(model: Model): Promise<Model> {
  for (let i = 0; i < 8; i++) (await sample(model, { seed: String(i) })).png();
  return model;
}
