/** Loads a model. */

import type { Denoiser, Model } from "../model/model.ts";
import { type ModelFile, readModel } from "../model/onnx/reader.ts";
import { isA } from "../schema/bytes.ts";

/** Loads networks. Callers import the runtime and pass it in, so that no bundle contains one that it does not use. */
export interface Runtime {
  /** Loads a `model.onnx` or `model-fp32.onnx`. Throws `ModelError` if the runtime cannot run it. */
  load(file: ModelFile): Promise<Denoiser>;
}

/** The bytes of a `model.onnx`, or the URL to fetch them from. */
export type ModelSource = Uint8Array | ArrayBuffer | string | { readonly href: string };

export interface LoadOptions {
  readonly runtime: Runtime;
}

/** Loads a model. Throws `ModelError` for a foreign file, `Error` if it cannot be fetched, `TypeError` without a runtime. */
export async function loadModel(source: ModelSource, options: LoadOptions): Promise<Model> {
  const { runtime } = options ?? {};
  if (!runtime) throw new TypeError("Expected a runtime, such as `simd`, for `runtime` but received nothing");
  const file = readModel(await readSource(source));
  const { card, version } = file;
  return { card, version, denoiser: await runtime.load(file) };
}

/** The parts of `Response` that are used here; every host has them. */
interface FetchAnswer {
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}
declare function fetch(url: string): Promise<FetchAnswer>;

async function readSource(source: ModelSource): Promise<Uint8Array> {
  if (isA("Uint8Array", source)) return new Uint8Array(source.buffer, source.byteOffset, source.length);
  if (isA("ArrayBuffer", source)) return new Uint8Array(source);
  const url = typeof source === "string" ? source : source?.href;
  if (typeof url !== "string") throw new TypeError(`Expected a model's bytes or its URL for \`source\` but received ${typeof source}`);
  const response = await fetch(url).catch((cause: unknown) => {
    throw new Error(`Expected a model at ${url} but received none; for a file, pass its bytes`, { cause });
  });
  if (!response.ok) throw new Error(`Expected a model at ${url} but received HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
