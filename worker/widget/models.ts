/** The thread's models: each is fetched, checked and loaded once. */
import { loadModel, type Model, modelVersion, OptionError, type Runtime } from "../../wasm-model/index.ts";
import { keptFile, latestAnswer } from "./kept.ts";
import { type DrawRequest, type Progress, RequestError } from "./protocol.ts";
import { RUNTIMES } from "./table.ts";

/** Runtimes by name; each is fetched when a request first names it. */
export type Runtimes = Readonly<Record<string, () => Promise<Runtime>>>;

/** Of an answer of /v1/models. */
interface Entry {
  readonly name: string;
  readonly version: string;
  readonly bytes: number;
}

type Named = Pick<DrawRequest, "server" | "model">;

export class Models {
  readonly #runtimes: Runtimes;
  readonly #onDownload: (named: Named, progress: Progress) => void;
  readonly #models = new Map<string, Promise<Model>>();

  constructor(runtimes: Runtimes, onDownload: (named: Named, progress: Progress) => void) {
    this.#runtimes = runtimes;
    this.#onDownload = onDownload;
  }

  /** A load that failed is forgotten, so that the next request tries anew. Throws `RequestError` or `OptionError` for names that there are not. */
  get({ server, model, runtime }: DrawRequest): Promise<Model> {
    const key = JSON.stringify([server, model, runtime]);
    const known = this.#models.get(key);
    if (known) return known;
    const loading = this.#load({ server, model }, runtime);
    this.#models.set(key, loading);
    loading.catch(() => this.#models.delete(key));
    return loading;
  }

  async #load(named: Named, runtime: string): Promise<Model> {
    if (!Object.hasOwn(this.#runtimes, runtime)) {
      throw new RequestError(`Expected one of ${RUNTIMES.join(", ")} for \`runtime\` but received ${runtime}`);
    }
    const { name, version, bytes } = await find(named);
    const url = new URL(`models/${encodeURIComponent(name)}@${version}/model.onnx`, named.server).href;
    const isRight = (file: Uint8Array) => modelVersion(file) === version;
    const [file, ready] = await Promise.all([
      keptFile({ url, bytes, isRight }, (progress) => this.#onDownload(named, progress)),
      this.#runtimes[runtime](),
    ]);
    return loadModel(file, { runtime: ready });
  }
}

/** The version of the model that the server draws with. */
async function find({ server, model }: Named): Promise<Entry> {
  const { models } = (await latestAnswer(new URL("v1/models", server).href)) as { readonly models: readonly Entry[] };
  const found = model === undefined ? models[0] : models.find(({ name }) => name === model);
  if (!found) throw new OptionError("invalid-value", "model", `one of ${models.map(({ name }) => name).join(", ")}`, model);
  return found;
}
