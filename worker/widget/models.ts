/** The models of the thread. Each is fetched, checked and loaded once; a student's teacher when it is first needed. */
import { type Model, type ModelCard, OptionError, type Runtime } from "../../wasm-model/index.ts";
import { lazyTeacher, MODEL_FILE, TEACHER_FILE } from "../../wasm-model/model/model.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { cachedFile, latestAnswer } from "./cache.ts";
import type { ProgressDetail, ThreadRequest } from "./protocol.ts";

/** A file, as the server's list of models describes it. */
interface ServedFile {
  readonly bytes: number;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
}

interface ServedModel extends ServedFile {
  readonly name: string;
  readonly version: string;
  readonly teacher?: ServedFile & ModelCard;
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
    const { version, teacher } = entry;
    const file = readModel(await this.#file(named, entry, MODEL_FILE, entry));
    const model = { card: file.card, version, denoiser: await this.#runtime.load(file) };
    if (!teacher) return model;
    return {
      ...model,
      teacher: lazyTeacher(teacher, async () => this.#runtime.load(readModel(await this.#file(named, entry, TEACHER_FILE, teacher)))),
    };
  }

  #file(
    named: Named,
    { name, version }: ServedModel,
    file: string,
    { bytes, sha256: expected }: ServedFile,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const url = new URL(`v1/models/${encodeURIComponent(name)}@${version}/${file}`, named.server).href;
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
