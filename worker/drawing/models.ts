/** The models of the thread. Each is fetched, checked and loaded once. */
import { type Model, modelVersion, OptionError, type Runtime } from "../../wasm-model/index.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { anyFile, cachedFile, latestAnswer, NothingThere } from "./cache.ts";
import { type ProgressDetail, RequestError, type Source, sourceKey } from "./protocol.ts";
import type { Run } from "./rpc.ts";

/** A model, as the service's list of models describes it. */
interface ServedModel {
  readonly name: string;
  readonly version: string;
  /** The length of its file, and the SHA-256 of its bytes, hexadecimal. */
  readonly bytes: number;
  readonly sha256: string;
}

/** The most that a model of a file may be: bytes, and multiply-accumulates of an evaluation. */
const MOST_BYTES = 16 * 2 ** 20;
const MOST_MACS = 1e9;

/** The longest that loading a model may take, in milliseconds. */
const LONGEST = 120_000;

type Loading = Run<ProgressDetail>;

export class LoadedModels {
  readonly #runtime: Runtime;
  readonly #models = new Map<string, Promise<Model>>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /**
   * The loaded model. If loading fails, is aborted or takes too long, the next request tries again. Throws `OptionError` for an
   * unknown name, `RequestError` for a file that is too large.
   */
  get(source: Source, { signal, onProgress }: Loading): Promise<Model> {
    const key = sourceKey(source);
    const known = this.#models.get(key);
    if (known) return known;
    const loading = this.#load(source, { signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST)]), onProgress });
    this.#models.set(key, loading);
    const forget = (): void => {
      if (this.#models.get(key) === loading) this.#models.delete(key);
    };
    signal.addEventListener("abort", forget);
    loading.then(() => signal.removeEventListener("abort", forget), forget);
    return loading;
  }

  /** A service at the address draws, if there is one; otherwise the file. */
  async #load({ server, file, model }: Source, run: Loading): Promise<Model> {
    try {
      if (server !== undefined) return await this.#served(server, model, run);
    } catch (error) {
      if (file === undefined || !(error instanceof NothingThere)) throw error;
    }
    return this.#filed(String(file), model, run);
  }

  async #served(server: string, model: string | undefined, run: Loading): Promise<Model> {
    const { name, version, bytes, sha256: expected } = await find(server, model, run.signal);
    const url = new URL(`v1/models/${encodeURIComponent(name)}@${version}/${MODEL_FILE}`, server).href;
    const isRight = (content: Uint8Array) => sha256Hex(content) === expected;
    const file = readModel(await cachedFile({ url, bytes, isRight }, run));
    return { card: file.card, version, denoiser: await this.#runtime.load(file) };
  }

  /** `model`: the name that it must have, if any. */
  async #filed(url: string, model: string | undefined, run: Loading): Promise<Model> {
    const bytes = await anyFile(url, MOST_BYTES, run).catch((error: unknown) => {
      throw error instanceof RangeError ? new RequestError(error.message) : error;
    });
    const file = readModel(bytes);
    const { name, spec } = file.card;
    if (model !== undefined && model !== name) throw new OptionError("invalid-value", "model", `${name} (a service has others)`, model);
    if (macsOf(spec) > MOST_MACS) {
      throw new RequestError(`Expected a model of at most 1 GMAC an evaluation at ${url} but received one of ${macsOf(spec) / 1e9}`);
    }
    return { card: file.card, version: modelVersion(bytes), denoiser: await this.#runtime.load(file) };
  }
}

/** The version of the model that the service draws with. */
async function find(server: string, model: string | undefined, signal: AbortSignal): Promise<ServedModel> {
  const { models } = (await latestAnswer(new URL("v1/models", server).href, signal)) as { readonly models: readonly ServedModel[] };
  const found = model === undefined ? models[0] : models.find(({ name }) => name === model);
  if (!found) throw new OptionError("invalid-value", "model", `one of ${models.map(({ name }) => name).join(", ")}`, model);
  return found;
}
