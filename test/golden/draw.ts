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

export async function drawAll(file: Uint8Array, runtime: Runtime): Promise<Hashes> {
  const model = await loadModel(file, { runtime });
  const hashes: Record<string, Hash> = {};
  for (const query of QUERIES) hashes[query] = hashOf(await sample(model, optionsOf(query)));
  return hashes;
}

export const hashOf = (image: Sample): Hash => ({ png: sha256Hex(image.png()), pixels: sha256Hex(image.pixels) });
