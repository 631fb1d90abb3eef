/** The thread's models: each is fetched, checked and loaded once; a student's teacher when it is first asked for. */

import { cardIn, type Model, type ModelCard, OptionError, type Runtime } from "../../wasm-model/index.ts";
import { MODEL_FILE, TEACHER_FILE } from "../../wasm-model/model/pair.ts";
import { lazyTeacher } from "../../wasm-model/runtime/load.ts";
import { sha256Hex } from "../../wasm-model/sha256.ts";
import { keptFile, latestAnswer } from "./kept.ts";
import { type Progress, RequestError, type ThreadRequest } from "./protocol.ts";
import { RUNTIMES } from "./table.ts";

/** Runtimes by name; each is fetched when a request first names it. */
export type Runtimes = Readonly<Record<string, () => Promise<Runtime>>>;

/** Of an answer of /v1/models. */
interface FileEntry {
  readonly bytes: number;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
}

interface Entry extends FileEntry {
  readonly name: string;
  readonly version: string;
  readonly teacher?: FileEntry & ModelCard;
}

type Named = Pick<ThreadRequest, "server" | "model">;

export class Models {
  readonly #runtimes: Runtimes;
  readonly #onDownload: (named: Named, progress: Progress) => void;
  readonly #models = new Map<string, Promise<Model>>();

  constructor(runtimes: Runtimes, onDownload: (named: Named, progress: Progress) => void) {
    this.#runtimes = runtimes;
    this.#onDownload = onDownload;
  }

  /** A load that failed is forgotten, so that the next request tries anew. Throws `RequestError` or `OptionError` for names that there are not. */
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
    const [file, ready] = await Promise.all([this.#file(named, entry, MODEL_FILE, entry), this.#runtimes[runtime]()]);
    const model = { card: cardIn(file), version, denoiser: await ready.load(file) };
    if (!teacher) return model;
    return { ...model, teacher: lazyTeacher(teacher, async () => ready.load(await this.#file(named, entry, TEACHER_FILE, teacher))) };
  }

  #file(named: Named, { name, version }: Entry, file: string, { bytes, sha256: expected }: FileEntry): Promise<Uint8Array<ArrayBuffer>> {
    const url = new URL(`v1/models/${encodeURIComponent(name)}@${version}/${file}`, named.server).href;
    const isRight = (content: Uint8Array) => sha256Hex(content) === expected;
    return keptFile({ url, bytes, isRight }, (progress) => this.#onDownload(named, progress));
  }
}

/** The version of the model that the server draws with. */
async function find({ server, model }: Named): Promise<Entry> {
  const { models } = (await latestAnswer(new URL("v1/models", server).href)) as { readonly models: readonly Entry[] };
  const found = model === undefined ? models[0] : models.find(({ name }) => name === model);
  if (!found) throw new OptionError("invalid-value", "model", `one of ${models.map(({ name }) => name).join(", ")}`, model);
  return found;
}
