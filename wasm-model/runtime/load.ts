/** Loads a model. */

import { type Denoiser, isAlone, lazyTeacher, type Model, modelVersion, TEACHER_FILE, teacherCard } from "../model/model.ts";
import { cardIn, type ModelFile, readModel } from "../model/onnx/reader.ts";

/** Loads networks. Callers import the runtime and pass it in, so that no bundle contains one that it does not use. */
export interface Runtime {
  readonly name: string;
  /** Loads a `model.onnx` or `model-fp32.onnx`. Throws `ModelError` if the runtime cannot run it. */
  load(file: ModelFile): Promise<Denoiser>;
}

/** The bytes of a `model.onnx`, or the URL to fetch them from. */
export type ModelSource = Uint8Array | ArrayBuffer | string | { readonly href: string };

export interface LoadOptions {
  readonly runtime: Runtime;
  /**
   * The `teacher.onnx` of a student. It draws what the student cannot. By default it is the file of that name beside
   * the student's URL; for bytes there is no default. Without it, and with `false`, requests that need it throw
   * `OptionError`, and images carry no recipe.
   */
  readonly teacher?: ModelSource | false | undefined;
}

/**
 * Loads a model on the runtime that the caller passes in. Throws `ModelError` for a file that this library did not
 * write and for a teacher of another model, `Error` if a file cannot be fetched, `TypeError` without a runtime.
 */
export async function loadModel(source: ModelSource, options: LoadOptions): Promise<Model> {
  const { runtime, teacher } = options ?? {};
  if (!runtime) throw new TypeError("Expected a runtime, such as `simd`, for `runtime` but received nothing");
  const { bytes, beside } = await read(source, "a model");
  const file = readModel(bytes);
  const { card } = file;
  const denoiser = await runtime.load(file);
  const teacherSource = teacher ?? (isAlone(file) && beside?.(TEACHER_FILE));
  if (!teacherSource) return { card, version: isAlone(file) ? undefined : modelVersion(bytes), denoiser };
  const { bytes: teacherBytes } = await read(teacherSource, "a student's teacher, or `teacher: false`,");
  const lazy = lazyTeacher(teacherCard(card, cardIn(teacherBytes)), async () => runtime.load(readModel(teacherBytes)));
  return { card, version: modelVersion(bytes, teacherBytes), denoiser, teacher: lazy };
}

/** The parts of `Response` and `URL` that are used here; every host has them. */
interface FetchAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}
declare function fetch(url: string): Promise<FetchAnswer>;
declare const URL: new (url: string, base: object | string) => { readonly href: string };

interface Source {
  readonly bytes: Uint8Array;
  /** The URL of another file of the same folder. */
  readonly beside?: (file: string) => string;
}

/** `what`: its name in messages. */
async function read(source: ModelSource, what: string): Promise<Source> {
  if (source instanceof Uint8Array) return { bytes: source };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source) };
  const url = typeof source === "string" ? source : source?.href;
  if (typeof url !== "string") throw new TypeError(`Expected a model's bytes or its URL for \`source\` but received ${typeof source}`);
  const expected = `Expected ${what} at ${url} but received`;
  const response = await fetch(url).catch((cause: unknown) => {
    throw new Error(`${expected} none; for a file, pass its bytes`, { cause });
  });
  if (!response.ok) throw new Error(`${expected} HTTP status ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (/^(data|blob):/.test(url)) return { bytes };
  // For an address such as /model.onnx, this header names the file's folder.
  const named = response.headers.get("Content-Location") ?? "";
  return { bytes, beside: (file) => new URL(file, new URL(named, response.url)).href };
}
