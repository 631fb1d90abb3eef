/**
 * Isolate state: the models, ready to sample. Bundled models are loaded while the isolate starts, so no request pays for it. Stored models are loaded by the first
 * request that names them. Requests do not share the promise of a load: it would never resolve if the client of the request that started it disconnected.
 */
import { type Model, OptionError } from "../../wasm-model/index.ts";
import type { Env } from "../env.ts";
import type { ModelFile } from "./bundled.ts";
import { modelPath } from "./stored.ts";

type Assets = Pick<Env["Bindings"], "ASSETS">;

export interface ReadyModel extends Model, ModelFile {}

/** What versions look like (`modelVersion`). */
export const VERSION = /^[0-9a-f]{8}$/;

/** The models that are loaded on request, and how one is made ready from its file. */
export interface Stored {
  readonly names: readonly string[];
  readonly load: (file: Uint8Array<ArrayBuffer>) => Promise<Model>;
}

export class ReadyModels {
  readonly names: readonly string[];
  readonly #ready: Map<string, ReadyModel>;
  readonly #stored: Stored | undefined;

  constructor(bundled: readonly ReadyModel[], stored?: Stored) {
    this.names = [...bundled.map(({ name }) => name), ...(stored?.names ?? [])];
    this.#ready = new Map(bundled.map((model) => [model.name, model]));
    this.#stored = stored;
  }

  /** By default the first model. Throws `OptionError` if there is no model of that name. */
  async get(name: string = this.names[0], env: Assets): Promise<ReadyModel> {
    const found = await this.find(name, env);
    if (!found) throw new OptionError("invalid-value", "model", `one of ${this.names.join(", ")}`, name);
    return found;
  }

  async find(name: string, env: Assets): Promise<ReadyModel | undefined> {
    const ready = this.#ready.get(name);
    if (ready || !this.#stored?.names.includes(name)) return ready;
    const file = await fetchModel(name, env);
    const model = { name, file, ...(await this.#stored.load(file)) };
    this.#ready.set(name, model);
    return model;
  }

  async all(env: Assets): Promise<ReadyModel[]> {
    const models: ReadyModel[] = [];
    for (const name of this.names) models.push((await this.find(name, env)) as ReadyModel);
    return models;
  }
}

async function fetchModel(name: string, { ASSETS }: Assets): Promise<Uint8Array<ArrayBuffer>> {
  const response = await ASSETS.fetch(`https://assets${modelPath(name)}`);
  if (!response.ok)
    throw new Error(`Expected the file ${modelPath(name)} among the Worker's assets but received HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
