/**
 * Isolate state: the models that travel with the Worker, ready to sample. They are made ready while the isolate starts, outside any request: so no request
 * pays for it, and none waits for a promise of another, which would never come if that one's client left.
 */
import { loadModel, type Model, OPTIONS, OptionError, type Runtime, sample } from "../wasm-model/index.ts";
import { type BundledModel, MODELS } from "./models.ts";

export interface ReadyModel extends Model, BundledModel {}

export class ReadyModels {
  readonly list: readonly ReadyModel[];

  constructor(list: readonly ReadyModel[]) {
    this.list = list;
  }

  get names(): string[] {
    return this.list.map(({ name }) => name);
  }

  /** Throws `OptionError` when there is no model of that name. */
  get(name: string = OPTIONS.model.default): ReadyModel {
    const found = this.find(name);
    if (!found) throw new OptionError("invalid-value", "model", `one of ${this.names.join(", ")}`, name);
    return found;
  }

  find(name: string): ReadyModel | undefined {
    return this.list.find((model) => model.name === name);
  }
}

export async function readyModels(runtime: Runtime): Promise<ReadyModels> {
  const ready: ReadyModel[] = [];
  for (const bundled of MODELS) ready.push({ ...bundled, ...(await warm(await loadModel(bundled.file, { runtime }))) });
  return new ReadyModels(ready);
}

/** The first images run code that is not compiled yet: nobody waits for these. */
async function warm(model: Model): Promise<Model> {
  for (let i = 0; i < 8; i++) (await sample(model, { seed: String(i) })).png();
  return model;
}
