/**
 * The models: what the service says of each, and their networks. A model is loaded by the first request that needs it, and stays
 * until others need its memory; those that are given as bytes may be loaded while the server starts, the first one for good.
 */
import { LRUCache } from "lru-cache";
import type { Model, ModelCard, Runtime } from "../../wasm-model/index.ts";
import { checkedCard, nativeShape } from "../../wasm-model/model/card.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { headIn, readCheckedModel, readModel } from "../../wasm-model/model/onnx/reader.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { ENLARGED } from "../../wasm-model/network/finishers.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import { render } from "../../wasm-model/render/render.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { withoutLists } from "../../wasm-model/sampling/settings.ts";
import { hex, joined, sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { Shared } from "./cache.ts";
import type { Site } from "./context.ts";
import type { AnnealOptions } from "./hono.d.ts";
import { ConfigurationError } from "./problems.ts";
import { type Bytes, piecesOf } from "./send.ts";
import { defaultCost } from "./settings.ts";

/** A model that is served: what a request needs to be resolved before the model is loaded, and its file, or that file's path in the site. */
export interface ServedModel<File extends Bytes | string = Bytes | string> {
  readonly name: string;
  readonly version: string;
  readonly card: ModelCard;
  /** The length of its file. */
  readonly bytes: number;
  /** Of the bytes of its file, hexadecimal. */
  readonly sha256: string;
  readonly file: File;
}

/** Throws `ModelError` for a damaged file and for one without a valid card. */
export function servedModel(file: Bytes): ServedModel<Bytes> {
  const { card, version } = headIn(file);
  return { name: card.name, version, card, bytes: file.length, sha256: sha256Hex(file), file };
}

/** Throws `ModelError` for a file or a card that is invalid, `TypeError` if there is no model and for two of the same name. */
export function servedModels(models: AnnealOptions["models"]): readonly ServedModel[] {
  const served = models.map((model): ServedModel => {
    if (!("path" in model)) return servedModel(new Uint8Array(model));
    const { path: file, version, bytes, sha256 } = model;
    const card = checkedCard(model.card);
    return { name: card.name, version, card, bytes, sha256, file };
  });
  const names = new Set(served.map(({ name }) => name));
  if (names.size > 0 && names.size === served.length) return served;
  const received = names.size === 0 ? "none" : `${served.length} with the names ${[...names].join(", ")}`;
  throw new TypeError(`Expected models of different names, at least one, for \`models\` but received ${received}`);
}

/** Lists the models; their files are below it. */
export const MODELS_PATH = "/v1/models";

/** The path of the model's file, `model` being its name, or its name and version. */
export const filePath = (model: string): string => `${MODELS_PATH}/${model}/${MODEL_FILE}`;

/** The path of the file among the site's files. */
export const assetPath = ({ name, version }: Pick<ServedModel, "name" | "version">): string => `/models/${name}/${version}/${MODEL_FILE}`;

/** A model as the service describes it to clients. `base`: the path that the service is mounted under. */
export function describeModel(base: string, { name, version, card, bytes, sha256 }: ServedModel) {
  return {
    ...card,
    sampling: withoutLists(card.sampling),
    file: base + filePath(name),
    ...{ bytes, sha256, macs: macsOf(card.spec), version },
    pictures: `${base}/v1/${name}@${version}/{seed}.{format}`,
    cost: defaultCost(card),
  };
}

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

export class Models {
  /** At least one; the first is the default. */
  readonly served: readonly ServedModel[];
  readonly #runtime: Runtime;
  /** The first one, once it is loaded for good. */
  #resident: Model | undefined;
  readonly #loading = new Shared<Model>();
  readonly #loaded = new LRUCache<string, Model>({ maxSize: MAX_BYTES });
  readonly #reading = new Shared<Bytes>();
  /** Those whose files in the site have been read and are right. */
  readonly #checked = new Set<ServedModel>();

  constructor(served: readonly ServedModel[], runtime: Runtime) {
    this.served = served;
    this.#runtime = runtime;
  }

  get names(): readonly string[] {
    return this.served.map(({ name }) => name);
  }

  find(name: string): ServedModel | undefined {
    return this.served.find((model) => model.name === name);
  }

  /** The model, loaded unless it is already. Throws the signal's reason when aborted, `ConfigurationError` if the site does not have its file. */
  async load(served: ServedModel, site: Site | undefined, signal: AbortSignal): Promise<Model> {
    const { name, version, card, bytes, file } = served;
    const known = this.#resident?.card === card ? this.#resident : this.#loaded.get(name);
    if (known) return known;
    const call = await this.#loading.claim(name, signal);
    if (call.value) return call.value;
    try {
      const content = typeof file === "string" ? readCheckedModel(await this.#checkedFile(served, site, signal)) : readModel(file);
      const denoiser = await this.#runtime.load(content);
      call.value = { card, version, denoiser };
      this.#loaded.set(name, call.value, { size: Math.max(1, Math.min(denoiser.bytes ?? bytes, MAX_BYTES)) });
      return call.value;
    } finally {
      call.end();
    }
  }

  /**
   * The model's file, in pieces. A file of the site is read whole the first time, so that nobody keeps a damaged one for a year. Throws
   * as `load` does.
   */
  async pieces(served: ServedModel, site: Site | undefined, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    if (typeof served.file !== "string") return piecesOf(served.file);
    return this.#checked.has(served) ? readPieces(served, site) : piecesOf(await this.#checkedFile(served, site, signal));
  }

  /** The file in the site, if it is the one that the list names: whoever wrote the list has checked it. Throws `ConfigurationError` for any other. */
  async #checkedFile(served: ServedModel, site: Site | undefined, signal: AbortSignal): Promise<Bytes> {
    const call = await this.#reading.claim(served.name, signal);
    if (call.value) return call.value;
    try {
      const parts: Uint8Array[] = [];
      for await (const piece of await readPieces(served, site)) parts.push(piece);
      const file = joined(parts);
      if (hex(new Uint8Array(await crypto.subtle.digest("SHA-256", file))) !== served.sha256)
        throw new ConfigurationError(
          `Expected the model ${served.file} of the list among the site's files but received another or a damaged file`,
        );
      this.#checked.add(served);
      call.value = file;
      return file;
    } finally {
      call.end();
    }
  }

  /**
   * If the first model is given as bytes: loads it for good and draws images of several classes with it, larger than native.
   * So before the first request the enlarger is loaded, V8 has compiled the code, and the values that depend on noise level
   * and class are computed (`npm run bench -- workerd`). Loads the others that are given as bytes, too: reading one costs several
   * images.
   */
  async start(): Promise<void> {
    const [{ card, version, file }, ...others] = this.served;
    if (typeof file === "string") return; // Workers read no files while they start
    const model = { card, version, denoiser: await this.#runtime.load(readModel(file)) };
    const size = ENLARGED * nativeShape(card).width;
    const image = (i: number) => resolve("sample", { seed: String(i), class: i % card.spec.classes, size }, card);
    const cost = costOf(image(0), card);
    const takeTurn = () => undefined; // Workers refuse to wait while they start
    for (let i = 0; i * cost < READY_COST; i++) (await render(model, image(i), { takeTurn })).png();
    this.#resident = model;
    const { signal } = new AbortController();
    for (const other of others) if (typeof other.file !== "string") await this.load(other, undefined, signal);
  }
}

/** The pieces of a file of the site. Throws `ConfigurationError` if the site does not have it. */
async function readPieces({ file }: ServedModel, site: Site | undefined): Promise<AsyncIterable<Uint8Array>> {
  const pieces = await site?.read(String(file), false);
  if (pieces) return pieces;
  throw new ConfigurationError(`Expected the model ${file} among the site's files but received ${site ? "none" : "no site"}`);
}
