/**
 * Isolate state: the models, ready to draw. The first one is loaded while the isolate starts, so no request waits for
 * it. Every other model is loaded by the first request that needs it, and stays until others need its memory.
 */
import type { Context } from "hono";
import { LRUCache } from "lru-cache";
import { type DrawingNetwork, OptionError, type Runtime, sample } from "../../wasm-model/index.ts";
import { isModelName, nativeShape } from "../../wasm-model/model/card.ts";
import { readCheckedModel, readModel } from "../../wasm-model/model/onnx/reader.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import { SingleFlight } from "../admission/single-flight.ts";
import type { Env } from "../http/env.ts";
import { notFound, ProblemError } from "../http/problems.ts";
import { assetPath, type ModelEntry, VERSION } from "./entry.ts";

/**
 * The most memory for all loaded models but the first, of an isolate's 128 MB. Our engine takes 3 to 5 times a file's
 * length, so there is room for ten models of 1 MB. A model that needs more is kept alone.
 */
const MAX_BYTES = 50_331_648;

/**
 * The most images that are drawn at the start, which may take 1 s of CPU on Cloudflare. With fewer, the first images
 * take twice as long as later ones.
 */
const MOST_READY = 8;

type AssetBindings = Pick<Env["Bindings"], "ASSETS">;

/** The models of an application. */
export interface ServedModels {
  /** At least one; the first is the default. */
  readonly entries: readonly ModelEntry[];
  readonly runtime: Runtime;
  /** Whether the build has loaded the files before (folders.ts). */
  readonly areChecked?: boolean;
  /** Reads a model's file, in pieces; by default from the Worker's assets. */
  readonly read?: (entry: ModelEntry, env: AssetBindings) => Promise<AsyncIterable<Uint8Array>>;
}

export interface ReadyModel extends ModelEntry {
  /** Loads its network, unless it is loaded. Throws the signal's reason when aborted. */
  denoiser(signal: AbortSignal): Promise<DrawingNetwork>;
}

export class ReadyModels {
  readonly names: readonly string[];
  readonly #entries: ReadonlyMap<string, ModelEntry>;
  readonly #load: (file: Uint8Array) => Promise<DrawingNetwork>;
  readonly #read: NonNullable<ServedModels["read"]>;
  /** By the path of the file. */
  readonly #resident = new Map<string, DrawingNetwork>();
  readonly #loading = new SingleFlight<DrawingNetwork>();
  readonly #loaded = new LRUCache<string, DrawingNetwork>({ maxSize: MAX_BYTES });

  constructor({ entries, runtime, areChecked, read = readAsset }: ServedModels) {
    this.names = entries.map(({ name }) => name);
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.#load = async (file) => runtime.load(areChecked ? readCheckedModel(file) : readModel(file));
    this.#read = read;
  }

  /** By default the first model. Throws `OptionError` if there is no model of that name. */
  get(name: string = this.names[0], env: AssetBindings): ReadyModel {
    const found = this.find(name, env);
    if (!found) throw new OptionError("invalid-value", "model", `one of ${this.names.join(", ")}`, name);
    return found;
  }

  find(name: string, env: AssetBindings): ReadyModel | undefined {
    const entry = this.#entries.get(name);
    return entry && { ...entry, denoiser: (signal) => this.#denoiser(entry, env, signal) };
  }

  all(): readonly ModelEntry[] {
    return [...this.#entries.values()];
  }

  file(entry: ModelEntry, env: AssetBindings): Promise<AsyncIterable<Uint8Array>> {
    return this.#read(entry, env);
  }

  /**
   * Loads the first model for good and draws an image of each class with it, larger than native. So before the first request
   * the enlarger is loaded, V8 has compiled the code, and the values that depend on noise level and class are computed
   * (`npm run bench -- workerd`).
   */
  async start(file: Uint8Array): Promise<this> {
    const [entry] = this.#entries.values();
    const { card, version } = entry;
    const denoiser = await this.#load(file);
    const size = ENLARGED * nativeShape(card).width;
    for (let i = 0; i < Math.min(card.spec.classes, MOST_READY); i++) {
      (await sample({ card, version, denoiser }, { seed: String(i), class: i, size })).png();
    }
    this.#resident.set(assetPath(entry), denoiser);
    return this;
  }

  async #denoiser(entry: ModelEntry, env: AssetBindings, signal: AbortSignal): Promise<DrawingNetwork> {
    const path = assetPath(entry);
    const known = this.#resident.get(path) ?? this.#loaded.get(path);
    return known ?? (await this.#loading.once(path, signal, () => this.#fetch(entry, env))).value;
  }

  async #fetch(entry: ModelEntry, env: AssetBindings): Promise<DrawingNetwork> {
    const file = new Uint8Array(entry.bytes);
    let length = 0;
    for await (const piece of await this.#read(entry, env)) {
      file.set(piece, length);
      length += piece.length;
    }
    const denoiser = await this.#load(file.subarray(0, length));
    const bytes = denoiser.bytes ?? entry.bytes;
    this.#loaded.set(assetPath(entry), denoiser, { size: Math.max(1, Math.min(bytes, MAX_BYTES)) });
    return denoiser;
  }
}

async function readAsset(entry: ModelEntry, { ASSETS }: AssetBindings): Promise<AsyncIterable<Uint8Array>> {
  const path = assetPath(entry);
  const response = await ASSETS?.fetch(`https://assets${path}`);
  if (response?.ok && response.body) return response.body;
  throw new Error(`Expected the file ${path} among the Worker's assets but received HTTP status ${response?.status}`);
}

/**
 * Splits a segment `{model}` or `{model}@{version}` of an address. Throws a `ProblemError` for text that cannot be a
 * version.
 */
export function splitVersion(segment: string): readonly [name: string, version: string | undefined] {
  const [name, version, ...more] = segment.split("@");
  if (more.length > 0 || (version !== undefined && !VERSION.test(version))) {
    throw notFound("path", ["{model}", "{model}@{version}"], segment);
  }
  return [name, version];
}

/**
 * Throws a `ProblemError` if there is no such model or its version is gone. The error for the version names the current
 * address. An unknown name with a version may be that of a model that was served once, so it is gone, too.
 */
export function addressed(c: Context<Env>, ready: ReadyModels, name: string, version: string | undefined): ReadyModel {
  const model = ready.find(name, c.env);
  if (!model) {
    const unknown = notFound("model", ready.names, name);
    throw version !== undefined && isModelName(name) ? new ProblemError({ ...unknown.problem, status: 410, code: "gone" }) : unknown;
  }
  if (version === undefined || version === model.version) return model;
  const { pathname, search } = new URL(c.req.url);
  const url = `${c.env.BASE ?? ""}${pathname.replace(`@${version}`, `@${model.version}`)}${search}`;
  const expected = `${model.version}, the model's current version, as in ${url},`;
  throw new ProblemError({ status: 410, code: "gone", key: "version", expected, received: JSON.stringify(version) });
}
