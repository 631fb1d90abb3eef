/** Loads a model. */

import type { ModelCard } from "../model/card.ts";
import { cardIn } from "../model/onnx/reader.ts";
import { teacherCard } from "../model/pair.ts";
import { modelVersion } from "../model/version.ts";
import { type Drawer, isAlone } from "../request/drawer.ts";
import type { Denoiser, Runtime } from "./denoiser.ts";

export interface Model {
  readonly card: ModelCard;
  /** See `modelVersion`. Undefined for a student without its teacher: the version is that of both files, and no picture has a recipe without one. */
  readonly version: string | undefined;
  readonly denoiser: Denoiser;
  /** Of a student. Its denoiser is loaded when it is first asked for. */
  readonly teacher?: Teacher | undefined;
}

export interface Teacher {
  readonly card: ModelCard;
  denoiser(): Promise<Denoiser>;
}

/** The file of a model that draws a request, loaded. */
export interface LoadedDrawer extends Drawer, Pick<Model, "version" | "denoiser"> {}

/** `drawer`: one of the two files of this model. */
export async function loadedDrawer({ version, denoiser, teacher }: Model, drawer: Drawer): Promise<LoadedDrawer> {
  return { ...drawer, version, denoiser: drawer.drawnBy === "teacher" && teacher ? await teacher.denoiser() : denoiser };
}

/** A teacher that is loaded once. A load that failed is forgotten, so that the next request tries anew. */
export function lazyTeacher(card: ModelCard, load: () => Promise<Denoiser>): Teacher {
  let loading: Promise<Denoiser> | undefined;
  return {
    card,
    denoiser() {
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return loading;
    },
  };
}

/** The bytes of a `model.onnx`, or the URL to fetch them from. */
export type ModelSource = Uint8Array | ArrayBuffer | string | { readonly href: string };

export interface LoadOptions {
  readonly runtime: Runtime;
  /** The `teacher.onnx` beside a student's `model.onnx`: it draws what the student does not know. Without it that throws `OptionError`. */
  readonly teacher?: ModelSource | undefined;
}

/**
 * Loads a model on the runtime that the caller passes in. Throws `ModelError` for a file that this library did not write and for a teacher of another model, `Error`
 * if a file cannot be fetched, `TypeError` without a runtime.
 */
export async function loadModel(source: ModelSource, options: LoadOptions): Promise<Model> {
  const { runtime, teacher } = options ?? {};
  if (!runtime) throw new TypeError("Expected a runtime, such as the package's `simd`, for `runtime` but received nothing");
  const bytes = await bytesOf(source);
  const denoiser = await runtime.load(bytes);
  const card = cardIn(bytes);
  if (teacher === undefined) return { card, version: isAlone({ card }) ? undefined : modelVersion(bytes), denoiser };
  const teacherBytes = await bytesOf(teacher);
  const lazy = lazyTeacher(teacherCard(card, cardIn(teacherBytes)), () => runtime.load(teacherBytes));
  return { card, version: modelVersion(bytes, teacherBytes), denoiser, teacher: lazy };
}

declare function fetch(url: string): Promise<{ readonly ok: boolean; readonly status: number; arrayBuffer(): Promise<ArrayBuffer> }>;

async function bytesOf(source: ModelSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const url = typeof source === "string" ? source : source?.href;
  if (typeof url !== "string") throw new TypeError(`Expected a model's bytes or its URL for \`source\` but received ${typeof source}`);
  const response = await fetch(url).catch((cause: unknown) => {
    throw new Error(`Expected a model at ${url} but received none: of a file, pass the bytes`, { cause });
  });
  if (!response.ok) throw new Error(`Expected a model at ${url} but received HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
