/** The models of the thread. Each is fetched, checked and loaded once; a student's teacher when it is first needed. */
import { type Model, type ModelCard, OptionError, type Runtime } from "../../wasm-model/index.ts";
import { lazyTeacher, MODEL_FILE, TEACHER_FILE } from "../../wasm-model/model/model.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { cachedFile, latestAnswer } from "./cache.ts";
import { type ProgressDetail, RequestError, type ThreadRequest } from "./protocol.ts";
import { RUNTIMES } from "./table.ts";

/** Runtimes by name; each is fetched when a request first names it. */
export type Runtimes = Readonly<Record<string, () => Promise<Runtime>>>;

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
  readonly #runtimes: Runtimes;
  readonly #onDownload: (named: Named, progress: ProgressDetail) => void;
  readonly #models = new Map<string, Promise<Model>>();

  constructor(runtimes: Runtimes, onDownload: (named: Named, progress: ProgressDetail) => void) {
    this.#runtimes = runtimes;
    this.#onDownload = onDownload;
  }

  /**
   * The loaded model. If loading fails, the next request tries again. Throws `RequestError` or `OptionError` for an
   * unknown name.
   */
  get({ server, model, runtime }: ThreadRequest): Promise<Model> {
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
    const entry = await find(named);
    const { version, teacher } = entry;
    const [bytes, ready] = await Promise.all([this.#file(named, entry, MODEL_FILE, entry), this.#runtimes[runtime]()]);
    const file = readModel(bytes);
    const model = { card: file.card, version, denoiser: await ready.load(file) };
    if (!teacher) return model;
    return {
      ...model,
      teacher: lazyTeacher(teacher, async () => ready.load(readModel(await this.#file(named, entry, TEACHER_FILE, teacher)))),
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
