/** The models of the thread. Each is fetched, checked and loaded once. */
import { type Model, OptionError, type Runtime } from "../../wasm-model/index.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { cachedFile, latestAnswer } from "./cache.ts";
import type { ProgressDetail, ThreadRequest } from "./protocol.ts";

/** A model, as the server's list of models describes it. */
interface ServedModel {
  readonly name: string;
  readonly version: string;
  /** The length of its file, and the SHA-256 of its bytes, hexadecimal. */
  readonly bytes: number;
  readonly sha256: string;
}

type Named = Pick<ThreadRequest, "server" | "model">;

export class LoadedModels {
  readonly #runtime: Runtime;
  readonly #onDownload: (named: Named, progress: ProgressDetail) => void;
  readonly #models = new Map<string, Promise<Model>>();

  constructor(runtime: Runtime, onDownload: (named: Named, progress: ProgressDetail) => void) {
    this.#runtime = runtime;
    this.#onDownload = onDownload;
  }

  /** The loaded model. If loading fails, the next request tries again. Throws `OptionError` for an unknown name. */
  get({ server, model }: ThreadRequest): Promise<Model> {
    const key = JSON.stringify([server, model]);
    const known = this.#models.get(key);
    if (known) return known;
    const loading = this.#load({ server, model });
    this.#models.set(key, loading);
    loading.catch(() => this.#models.delete(key));
    return loading;
  }

  async #load(named: Named): Promise<Model> {
    const entry = await find(named);
    const file = readModel(await this.#file(named, entry));
    return { card: file.card, version: entry.version, denoiser: await this.#runtime.load(file) };
  }

  #file(named: Named, { name, version, bytes, sha256: expected }: ServedModel): Promise<Uint8Array<ArrayBuffer>> {
    const url = new URL(`v1/models/${encodeURIComponent(name)}@${version}/${MODEL_FILE}`, named.server).href;
    const isRight = (content: Uint8Array) => sha256Hex(content) === expected;
    return cachedFile({ url, bytes, isRight }, (progress) => this.#onDownload(named, progress));
  }
}

/** The version of the model that the server draws with. */
async function find({ server, model }: Named): Promise<ServedModel> {
  const { models } = (await latestAnswer(new URL("v1/models", server).href)) as { readonly models: readonly ServedModel[] };
  const found = model === undefined ? models[0] : models.find(({ name }) => name === model);
  if (!found) throw new OptionError("invalid-value", "model", `one of ${models.map(({ name }) => name).join(", ")}`, model);
  return found;
}
