/** From a file to a model that can draw. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { cardIn } from "../onnx/reader.ts";
import { RENDER_VERSION } from "../render-version.ts";
import type { Denoiser, Runtime } from "../runtime/denoiser.ts";
import type { ModelCard } from "./card.ts";

export interface Model {
  readonly card: ModelCard;
  /** See `modelVersion`. */
  readonly version: string;
  readonly denoiser: Denoiser;
}

/** The bytes of a `model.onnx`, or the URL to fetch them from. */
export type ModelSource = Uint8Array | ArrayBuffer | string | { readonly href: string };

/**
 * The runtime is an object that the caller imports, so that no bundle carries one that it does not use. Throws `ModelError` for a file that this library did
 * not write, `Error` when it cannot be fetched, `TypeError` without a runtime.
 */
export async function loadModel(source: ModelSource, options: { readonly runtime: Runtime }): Promise<Model> {
  const { runtime } = options ?? {};
  if (!runtime) throw new TypeError("Expected a runtime, such as the package's `simd`, for `runtime` but received nothing");
  const bytes = await bytesOf(source);
  const denoiser = await runtime.load(bytes);
  return { card: cardIn(bytes), version: modelVersion(bytes), denoiser };
}

/**
 * What decides, with the options, every byte of a picture: the first 8 hexadecimal digits of SHA-256 over the file and RENDER_VERSION. A rebuild that draws
 * the same keeps it.
 */
export function modelVersion(file: Uint8Array): string {
  const hash = sha256
    .create()
    .update(file)
    .update(new TextEncoder().encode(String(RENDER_VERSION)));
  return bytesToHex(hash.digest()).slice(0, 8);
}

declare function fetch(url: string): Promise<{ readonly ok: boolean; readonly status: number; arrayBuffer(): Promise<ArrayBuffer> }>;

async function bytesOf(source: ModelSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const url = typeof source === "string" ? source : source.href;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Expected a model at ${url} but received HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
