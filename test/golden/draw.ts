/** Draws the images whose bytes are kept, wherever JavaScript runs. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { loadModel, type Runtime, sample } from "../../wasm-model/index.ts";
import { optionsOf, QUERIES } from "./queries.ts";

/** SHA-256 of each image's PNG file, by its query. */
export type Hashes = Readonly<Record<string, string>>;

export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/** `file`: the bytes of a `model.onnx`. */
export async function drawAll(file: Uint8Array, runtime: Runtime): Promise<Hashes> {
  const model = await loadModel(file, { runtime });
  const hashes: Record<string, string> = {};
  for (const query of QUERIES) hashes[query] = sha256Hex((await sample(model, optionsOf(query))).png());
  return hashes;
}
