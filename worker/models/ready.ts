/**
 * The models, ready to draw. A model is loaded by the first request that needs it, and stays until others need its memory;
 * those that are given as bytes may be loaded while the server starts, the first one for good.
 */
import type { Context } from "hono";
import { LRUCache } from "lru-cache";
import { type DrawingNetwork, OptionError, type Runtime } from "../../wasm-model/index.ts";
import { isModelName, nativeShape } from "../../wasm-model/model/card.ts";
import { readCheckedModel, readModel } from "../../wasm-model/model/onnx/reader.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import { render } from "../../wasm-model/render/render.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import { piecesOf } from "../admission/send.ts";
import { SingleFlight } from "../admission/single-flight.ts";
import { type Env, note } from "../http/env.ts";
import { ConfigurationError, notFound, ProblemError } from "../http/problems.ts";
import type { Site } from "../http/static-files.ts";
import { type LoadableModel, type ModelEntry, VERSION } from "./entry.ts";

/**
 * The most memory for all loaded models but the first, of an isolate's 128 MB. Our engine takes 3 to 5 times a file's
 * length, so there is room for ten models of 1 MB. A model that needs more is kept alone.
 */
const MAX_BYTES = 50_331_648;

/**
 * What is drawn at the start, which may take 1 s of CPU on Cloudflare: eight images by `avatars`. With fewer, the first ones
 * after it take twice as long as later ones.
 */
const READY_COST = 4e9;

export interface ReadyModel extends LoadableModel {
  /** Loads its network, unless it is loaded. Throws the signal's reason when aborted. */
  denoiser(signal: AbortSignal): Promise<DrawingNetwork>;
  /** Its file, in pieces. Throws `ConfigurationError` if the site does not have it. */
  pieces(): Promise<AsyncIterable<Uint8Array>>;
}

export class ReadyModels {
  readonly names: readonly string[];
  readonly #models: ReadonlyMap<string, LoadableModel>;
  readonly #runtime: Runtime;
  /** By name. */
  readonly #resident = new Map<string, DrawingNetwork>();
  readonly #loading = new SingleFlight<DrawingNetwork>();
  readonly #loaded = new LRUCache<string, DrawingNetwork>({ maxSize: MAX_BYTES });

  /** At least one; the first is the default. */
  constructor(models: readonly LoadableModel[], runtime: Runtime) {
    this.names = models.map(({ name }) => name);
    this.#models = new Map(models.map((model) => [model.name, model]));
    this.#runtime = runtime;
  }

  /** By default the first model. Throws `OptionError` if there is no model of that name. */
  get(name: string = this.names[0], site: Site | undefined): ReadyModel {
    const found = this.find(name, site);
    if (!found) throw new OptionError("invalid-value", "model", `one of ${this.names.join(", ")}`, name);
    return found;
  }

  find(name: string, site: Site | undefined): ReadyModel | undefined {
    const model = this.#models.get(name);
    const pieces = (): Promise<AsyncIterable<Uint8Array>> => piecesIn(model!, site);
    return model && { ...model, denoiser: (signal) => this.#denoiser(model, pieces, signal), pieces };
  }

  all(): readonly ModelEntry[] {
    return [...this.#models.values()];
  }

  /**
   * If the first model is given as bytes: loads it for good and draws images of several classes with it, larger than native.
   * So before the first request the enlarger is loaded, V8 has compiled the code, and the values that depend on noise level
   * and class are computed (`npm run bench -- workerd`). Loads the others that are given as bytes, too: reading one costs several
   * images.
   */
  async start(): Promise<void> {
    const [{ name, card, version, file }] = this.#models.values();
    if (typeof file === "string") return; // Workers read no files while they start
    const denoiser = await this.#runtime.load(readModel(file));
    const size = ENLARGED * nativeShape(card).width;
    const image = (i: number) => resolve("sample", { seed: String(i), class: i % card.spec.classes, size }, card);
    const cost = costOf(image(0), card);
    const takeTurn = () => undefined; // Workers refuse to wait while they start
    for (let i = 0; i * cost < READY_COST; i++) (await render({ card, version, denoiser }, image(i), { takeTurn })).png();
    this.#resident.set(name, denoiser);
    const { signal } = new AbortController();
    const others = [...this.#models.values()].filter((model) => typeof model.file !== "string");
    for (const model of others) await this.find(model.name, undefined)?.denoiser(signal);
  }

  async #denoiser({ name, bytes, file }: LoadableModel, pieces: ReadyModel["pieces"], signal: AbortSignal): Promise<DrawingNetwork> {
    const known = this.#resident.get(name) ?? this.#loaded.get(name);
    if (known) return known;
    const load = async (): Promise<DrawingNetwork> => {
      // Whoever wrote the list of the site's models has checked them.
      const content = typeof file === "string" ? readCheckedModel(await whole(await pieces())) : readModel(file);
      const denoiser = await this.#runtime.load(content);
      this.#loaded.set(name, denoiser, { size: Math.max(1, Math.min(denoiser.bytes ?? bytes, MAX_BYTES)) });
      return denoiser;
    };
    return (await this.#loading.once(name, signal, load)).value;
  }
}

async function piecesIn({ file }: LoadableModel, site: Site | undefined): Promise<AsyncIterable<Uint8Array>> {
  if (typeof file !== "string") return piecesOf(file);
  const pieces = await site?.read(file, false);
  if (pieces) return pieces;
  throw new ConfigurationError(`Expected the model ${file} among the site's files but received ${site ? "none" : "no site"}`);
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return joined(parts);
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
  const model = ready.find(name, c.env.site);
  if (!model) {
    const unknown = notFound("model", ready.names, name);
    throw version !== undefined && isModelName(name) ? new ProblemError({ ...unknown.problem, status: 410, code: "gone" }) : unknown;
  }
  note(c, { model: name });
  if (version === undefined || version === model.version) return model;
  const { pathname, search } = new URL(c.req.url);
  const url = `${c.env.base}${pathname.replace(`@${version}`, `@${model.version}`)}${search}`;
  const expected = `${model.version}, the model's current version, as in ${url},`;
  throw new ProblemError({ status: 410, code: "gone", key: "version", expected, received: JSON.stringify(version) });
}
