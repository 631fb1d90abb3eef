/**
 * Isolate state: the models, ready to sample. The first is loaded while the isolate starts, so no request pays for it. Each other is loaded by the first request
 * that draws with it, and stays until others need its memory. Requests do not share the promise of a load: it would never resolve if the client of the request
 * that started it disconnected.
 */
import { LRUCache } from "lru-cache";
import { type Model, OptionError, type Runtime, sample } from "../../wasm-model/index.ts";
import type { Env } from "../env.ts";
import { assetPath, type ModelEntry } from "./entry.ts";

/**
 * The most memory that loaded models take in an isolate beside the first, of the 128 MB that it has. Our engine takes 3 to 5 times the length of the file: this is
 * room for ten models of 1 MB. One that takes more by itself is the only one.
 */
const MAX_BYTES = 50_331_648;

type Bindings = Pick<Env["Bindings"], "ASSETS">;

/** What the models of an application are. */
export interface ModelSource {
  /** At least one; the first is the default. */
  readonly entries: readonly ModelEntry[];
  readonly runtime: Runtime;
  /** The file of a model; by default it is among the Worker's assets. */
  readonly read?: (entry: ModelEntry, env: Bindings) => Promise<Response>;
}

export interface ReadyModel extends ModelEntry {
  /** Loads it, unless it is loaded. */
  load(): Promise<Model>;
}

export class ReadyModels {
  readonly names: readonly string[];
  readonly #entries: ReadonlyMap<string, ModelEntry>;
  readonly #runtime: Runtime;
  readonly #read: NonNullable<ModelSource["read"]>;
  readonly #resident = new Map<ModelEntry, Model>();
  readonly #loaded = new LRUCache<ModelEntry, Model>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ denoiser }, { bytes }) => Math.min(denoiser.bytes ?? bytes, MAX_BYTES),
  });

  constructor({ entries, runtime, read = readAsset }: ModelSource) {
    this.names = entries.map(({ name }) => name);
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.#runtime = runtime;
    this.#read = read;
  }

  /** By default the first model. Throws `OptionError` if there is no model of that name. */
  get(name: string = this.names[0], env: Bindings): ReadyModel {
    const found = this.find(name, env);
    if (!found) throw new OptionError("invalid-value", "model", `one of ${this.names.join(", ")}`, name);
    return found;
  }

  find(name: string, env: Bindings): ReadyModel | undefined {
    const entry = this.#entries.get(name);
    return entry && { ...entry, load: () => this.#load(entry, env) };
  }

  all(): readonly ModelEntry[] {
    return [...this.#entries.values()];
  }

  /** Its file. */
  file({ name }: ModelEntry, env: Bindings): Promise<Response> {
    return this.#read(this.#entries.get(name) as ModelEntry, env);
  }

  /** Loads the first model for good and draws a few images with it, so that V8 has compiled the code before the first request. */
  async start(file: Uint8Array): Promise<this> {
    const [entry] = this.#entries.values();
    const model = await this.#modelOf(entry, file);
    for (let i = 0; i < 8; i++) (await sample(model, { seed: String(i) })).png();
    this.#resident.set(entry, model);
    return this;
  }

  async #load(entry: ModelEntry, env: Bindings): Promise<Model> {
    const known = this.#resident.get(entry) ?? this.#loaded.get(entry);
    if (known) return known;
    const response = await this.#read(entry, env);
    const model = await this.#modelOf(entry, new Uint8Array(await response.arrayBuffer()));
    this.#loaded.set(entry, model);
    return model;
  }

  async #modelOf({ card, version }: ModelEntry, file: Uint8Array): Promise<Model> {
    return { card, version, denoiser: await this.#runtime.load(file) };
  }
}

async function readAsset(entry: ModelEntry, { ASSETS }: Bindings): Promise<Response> {
  const path = assetPath(entry);
  const response = await ASSETS.fetch(`https://assets${path}`);
  if (response.ok) return response;
  throw new Error(`Expected the file ${path} among the Worker's assets but received HTTP status ${response.status}`);
}
