/** Loads a model file. */

import type { ModelCard } from "../model/card.ts";
import { cardIn } from "../model/onnx/reader.ts";
import { modelVersion } from "../model/version.ts";
import type { Denoiser, Runtime } from "./denoiser.ts";

export interface Model {
  readonly card: ModelCard;
  /** See `modelVersion`. */
  readonly version: string;
  readonly denoiser: Denoiser;
}

/** The bytes of a `model.onnx`, or the URL to fetch them from. */
export type ModelSource = Uint8Array | ArrayBuffer | string | { readonly href: string };

/**
 * Loads a model on the runtime that the caller passes in. Throws `ModelError` for a file that this library did not write, `Error` if it cannot be fetched,
 * `TypeError` without a runtime.
 */
export async function loadModel(source: ModelSource, options: { readonly runtime: Runtime }): Promise<Model> {
  const { runtime } = options ?? {};
  if (!runtime) throw new TypeError("Expected a runtime, such as the package's `simd`, for `runtime` but received nothing");
  const bytes = await bytesOf(source);
  const denoiser = await runtime.load(bytes);
  return { card: cardIn(bytes), version: modelVersion(bytes), denoiser };
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
