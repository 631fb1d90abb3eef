/**
 * The models: what the service says of each, and their networks. The first one is loaded at the start, for good; another by the
 * first request that needs it, or at the start if all are small, and it stays until others need its memory.
 */
import { LRUCache } from "lru-cache";
import type { Model, Runtime } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { headIn, type ModelHead, readModel } from "../../wasm-model/model/onnx/reader.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { ENLARGED } from "../../wasm-model/network/finishers.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import { render } from "../../wasm-model/render/render.ts";
import { wait } from "../../wasm-model/render/turn.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { withoutLists } from "../../wasm-model/sampling/settings.ts";
import type { AnnealOptions } from "./hono.d.ts";
import type { Bytes } from "./send.ts";
import { defaultCost } from "./settings.ts";

/** A model that is served: its file, and what a request needs to be resolved before the model is loaded. */
export interface ServedModel extends ModelHead {
  readonly name: string;
  readonly file: Bytes;
}

/** Throws `ModelError` for a damaged file and for one without a valid card. */
export function servedModel(file: Bytes): ServedModel {
  const head = headIn(file);
  return { ...head, name: head.card.name, file };
}

/** Throws `ModelError` for a file or a card that is invalid, `TypeError` if there is no model and for two of the same name. */
export function servedModels(models: AnnealOptions["models"]): readonly ServedModel[] {
  const served = models.map((model) => servedModel(new Uint8Array(model)));
  const names = new Set(served.map(({ name }) => name));
  if (names.size > 0 && names.size === served.length) return served;
  const received = names.size === 0 ? "none" : `${served.length} with the names ${[...names].join(", ")}`;
  throw new TypeError(`Expected models of different names, at least one, for \`models\` but received ${received}`);
}

/** Lists the models; their files are below it. */
export const MODELS_PATH = "/v1/models";

/** The path of the model's file, `model` being its name, or its name and version. */
export const filePath = (model: string): string => `${MODELS_PATH}/${model}/${MODEL_FILE}`;

/** A model as the service describes it to clients. `base`: the path that the service is mounted under. */
export function describeModel(base: string, { name, version, checksum, card, file }: ServedModel) {
  return {
    ...card,
    sampling: withoutLists(card.sampling),
    file: base + filePath(name),
    ...{ bytes: file.length, checksum, macs: macsOf(card.spec), version },
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
 * What is drawn at the start, which may take 1 s of CPU on Cloudflare: some twenty images by `pixels`. With fewer, the first ones
 * after it take twice as long as later ones.
 */
const READY_COST = 4e9;

/** The most bytes of all files with which all are loaded at the start, which takes some 40 ms of CPU for each million. */
const READY_BYTES = 4_000_000;

/** Milliseconds: how long a request waits for a model that another one loads, and between two looks. */
const PATIENCE = 10_000;
const PAUSE = 5;

export class Models {
  /** At least one; the first is the default. */
  readonly served: readonly ServedModel[];
  readonly #runtime: Runtime;
  /** The first one, once it is loaded for good. */
  #resident: Model | undefined;
  /** When a request began to load a model, by its name. */
  readonly #loading = new Map<string, number>();
  readonly #loaded = new LRUCache<string, Model>({ maxSize: MAX_BYTES });

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

  /** The model, loaded unless it is already. Throws the signal's reason when aborted. */
  async load(served: ServedModel, signal?: AbortSignal): Promise<Model> {
    const { name, card, file } = served;
    for (;;) {
      const known = this.#resident?.card === card ? this.#resident : this.#loaded.get(name);
      if (known) return known;
      // Another request loads it. In Workers none may settle another's promise, and the platform may end one without notice: then one takes over.
      if (Date.now() - (this.#loading.get(name) ?? Number.NEGATIVE_INFINITY) > PATIENCE) break;
      await wait(PAUSE);
      signal?.throwIfAborted();
    }
    const begun = Date.now();
    this.#loading.set(name, begun);
    try {
      const model = await this.#build(served);
      this.#loaded.set(name, model, { size: Math.max(1, Math.min(model.denoiser.bytes ?? file.length, MAX_BYTES)) });
      return model;
    } finally {
      if (this.#loading.get(name) === begun) this.#loading.delete(name); // else it is that of a request that took over
    }
  }

  async #build({ card, version, file }: ServedModel): Promise<Model> {
    return { card, version, denoiser: await this.#runtime.load(readModel(file)) };
  }

  /**
   * Loads the first model for good and draws images of several classes with it, larger than native. So before the first request the
   * enlarger is loaded, V8 has compiled the code, and the values that depend on noise level and class are computed (`npm run bench --
   * workerd`). Loads the others, too, if all together are small: else the first request for one pays for it, some ten images.
   */
  async start(): Promise<void> {
    const [first, ...others] = this.served;
    const { card } = first;
    const model = await this.#build(first);
    const size = ENLARGED * nativeShape(card).width;
    const image = (i: number) => resolve("sample", { seed: String(i), class: i % card.spec.classes, size }, card);
    const cost = costOf(image(0), card);
    const takeTurn = () => undefined; // Workers refuse to wait while they start
    for (let i = 0; i * cost < READY_COST; i++) (await render(model, image(i), { takeTurn })).png();
    this.#resident = model;
    const bytes = this.served.reduce((sum, { file }) => sum + file.length, 0);
    if (bytes <= READY_BYTES) for (const other of others) await this.load(other);
  }
}
