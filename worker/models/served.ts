/** The models of this repository's Worker: bundled ones and those among its static assets. */
import { loadModel, type Model, type Runtime, sample } from "../../wasm-model/index.ts";
import { BUNDLED } from "./bundled.ts";
import { type ReadyModel, ReadyModels, type Stored } from "./ready.ts";
import { STORED } from "./stored.ts";

export async function servedModels(runtime: Runtime): Promise<ReadyModels> {
  const load: Stored["load"] = (file) => loadModel(file, { runtime });
  const ready: ReadyModel[] = [];
  for (const bundled of BUNDLED) ready.push({ ...bundled, ...(await warm(await load(bundled.file))) });
  return new ReadyModels(ready, { names: STORED, load });
}

/** Draws a few images, so that V8 has compiled the code before the first request. */
async function warm(model: Model): Promise<Model> {
  for (let i = 0; i < 8; i++) (await sample(model, { seed: String(i) })).png();
  return model;
}
