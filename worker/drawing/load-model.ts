/** Loads a model: fetches, checks and prepares it. */
import { type Model, OptionError, type Runtime } from "../../wasm-model/index.ts";
import { ModelError } from "../../wasm-model/model/card.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { fileAt, jsonAt, NotThere } from "./downloads.ts";
import { type ProgressDetail, RequestError, type Source } from "./protocol.ts";
import type { CallOptions } from "./rpc.ts";

/** A model, as the service's list of models describes it. */
export interface ListedModel {
  readonly name: string;
  readonly version: string;
  /** The length of its file, and the checksum that stands at the file's end. */
  readonly bytes: number;
  readonly checksum: string;
}

/** The longest that loading a model may take, in milliseconds. */
const LONGEST = 120_000;

/**
 * The model of a service at the address, if there is one; otherwise that of the file. Throws `OptionError` for an unknown name,
 * `RequestError` for a file that is not there.
 */
export async function loadModel(
  { server, file, model }: Source,
  runtime: Runtime,
  { signal, onProgress }: CallOptions<ProgressDetail>,
): Promise<Model> {
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST)]), onProgress };
  const listed =
    server &&
    (await listedModel(server, model, options.signal).catch((error: unknown) => {
      if (file === undefined || !(error instanceof NotThere)) throw error;
    }));
  return listed ? servedModel(server, listed, runtime, options) : modelOfFile(String(file), model, runtime, options);
}

async function servedModel(
  server: string,
  { name, version, bytes: length, checksum }: ListedModel,
  runtime: Runtime,
  options: CallOptions<ProgressDetail>,
): Promise<Model> {
  const url = new URL(`v1/models/${encodeURIComponent(name)}@${version}/${MODEL_FILE}`, server).href;
  const read = async (cache: RequestCache) => {
    const file = readModel(await fileAt(url, { length, cache }, options));
    if (file.checksum !== checksum) throw new ModelError(`Expected the file that ${url} names but received another`);
    return file;
  };
  const file = await read("default").catch((error: unknown) => {
    if (error instanceof ModelError) return read("reload"); // a cache keeps what was damaged on the way
    throw error;
  });
  return { card: file.card, version, denoiser: await runtime.load(file) };
}

/** The model that the service draws with: the one of this name, or its first. */
async function listedModel(server: string, model: string | undefined, signal: AbortSignal): Promise<ListedModel> {
  const url = new URL("v1/models", server).href;
  const { models } = Object(await jsonAt(url, { signal })) as { readonly models?: readonly ListedModel[] };
  if (!Array.isArray(models)) throw new NotThere(`Expected a list of models at ${url} but received other JSON`);
  const found = model === undefined ? models[0] : models.find(({ name }) => name === model);
  if (!found) throw new OptionError("invalid-value", "model", `one of ${models.map(({ name }) => name).join(", ")}`, model);
  return found;
}

/** `model`: the name that it must have, if any. */
async function modelOfFile(url: string, model: string | undefined, runtime: Runtime, options: CallOptions<ProgressDetail>): Promise<Model> {
  const bytes = await fileAt(url, {}, options).catch((error: unknown) => {
    throw error instanceof NotThere
      ? new RequestError("not-there", "model", `${error.message}; \`model\` is the address of a file`)
      : error;
  });
  const file = readModel(bytes);
  const { name } = file.card;
  if (model !== undefined && model !== name) throw new OptionError("invalid-value", "model", `${name} (a service has others)`, model);
  return { card: file.card, version: file.version, denoiser: await runtime.load(file) };
}
