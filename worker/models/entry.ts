/** What the manifest says of a model: all that is told of it, and all that a request is resolved with, before it is loaded. */
import { cardIn, type ModelCard, modelVersion } from "../../wasm-model/index.ts";

export interface ModelEntry {
  readonly name: string;
  readonly version: string;
  readonly card: ModelCard;
  /** The length of its file. */
  readonly bytes: number;
}

/** What versions look like (`modelVersion`). */
export const VERSION = /^[0-9a-f]{8}$/;

/** Of the file of a model. Throws `ModelError` if it has no card. */
export function entryOf(file: Uint8Array): ModelEntry {
  const card = cardIn(file);
  return { name: card.name, version: modelVersion(file), card, bytes: file.length };
}

/** The path of the file that the model has now. */
export const modelPath = ({ name }: Pick<ModelEntry, "name">): string => `/models/${name}/model.onnx`;

/** The path of this very file among the Worker's assets. */
export const assetPath = ({ name, version }: Pick<ModelEntry, "name" | "version">): string => `/models/${name}/${version}/model.onnx`;
