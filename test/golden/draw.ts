/** Draws the images whose bytes are kept, wherever JavaScript runs. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { loadModel, type Runtime, type Sample, sample } from "../../wasm-model/index.ts";
import { optionsOf, QUERIES } from "./queries.ts";

/**
 * SHA-256 of an image's PNG file, and of its raw pixels: an encoder may change the one, only the drawing itself the
 * other.
 */
export interface Hash {
  readonly png: string;
  readonly pixels: string;
}

/** By query. */
export type Hashes = Readonly<Record<string, Hash>>;

export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/** The bytes of a `model.onnx` and, beside a student, of its `teacher.onnx`. */
export interface ModelFiles {
  readonly file: Uint8Array;
  readonly teacher?: Uint8Array | undefined;
}

export async function drawAll({ file, teacher }: ModelFiles, runtime: Runtime): Promise<Hashes> {
  const model = await loadModel(file, { runtime, teacher });
  const hashes: Record<string, Hash> = {};
  for (const query of QUERIES) hashes[query] = hashOf(await sample(model, optionsOf(query)));
  return hashes;
}

export const hashOf = (image: Sample): Hash => ({ png: sha256Hex(image.png()), pixels: sha256Hex(image.pixels) });
