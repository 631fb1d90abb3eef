/**
 * A model's entry in the manifest: what the service says about the model, and what it needs to resolve a request before
 * loading it.
 */

import { cardIn, type ModelCard, modelVersion } from "../../wasm-model/index.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";

export interface ModelEntry {
  readonly name: string;
  readonly version: string;
  readonly card: ModelCard;
  /** The length of its file. */
  readonly bytes: number;
  /** Of the bytes of its file, hexadecimal. */
  readonly sha256: string;
}

/** The form of versions (`modelVersion`), and that of earlier releases, of eight digits. */
export const VERSION = /^(?:[0-9a-f]{32}|[0-9a-f]{8})$/;

/**
 * The entry of a model's file. Throws `ModelError` for a file without a valid card.
 */
export function entryOf(file: Uint8Array): ModelEntry {
  const card = cardIn(file);
  return { name: card.name, version: modelVersion(file), card, bytes: file.length, sha256: sha256Hex(file) };
}

/** Lists the models; their files are below it. */
export const MODELS_PATH = "/v1/models";

/** The path of the model's file. */
export const filePath = ({ name }: Pick<ModelEntry, "name">): string => `${MODELS_PATH}/${name}/${MODEL_FILE}`;

/** The path of the file among the Worker's assets. */
export const assetPath = ({ name, version }: Pick<ModelEntry, "name" | "version">): string => `/models/${name}/${version}/${MODEL_FILE}`;
