/** What the service says about a model, and needs to resolve a request before loading it. */
import type { ModelCard } from "../../wasm-model/index.ts";
import { checkedCard } from "../../wasm-model/model/card.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { headIn } from "../../wasm-model/model/onnx/reader.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import type { AnnealOptions } from "../http/hono.d.ts";

export interface ModelEntry {
  readonly name: string;
  readonly version: string;
  readonly card: ModelCard;
  /** The length of its file. */
  readonly bytes: number;
  /** Of the bytes of its file, hexadecimal. */
  readonly sha256: string;
}

/** A model with its file's content, or its path among the site's files. */
export interface LoadableModel extends ModelEntry {
  readonly file: Uint8Array<ArrayBuffer> | string;
}

/** The form of versions (`modelVersion`), and that of earlier releases, of eight digits. */
export const VERSION = /^(?:[0-9a-f]{32}|[0-9a-f]{8})$/;

/** The entry of a model's file. Throws `ModelError` for a file without a valid card. */
export function entryOf(file: Uint8Array): ModelEntry {
  const { card, version } = headIn(file);
  return { name: card.name, version, card, bytes: file.length, sha256: sha256Hex(file) };
}

/** Throws `ModelError` for a file or a card that is invalid, `TypeError` if there is no model and for two of the same name. */
export function loadableModels(models: AnnealOptions["models"]): readonly LoadableModel[] {
  const served = models.map((model): LoadableModel => {
    if ("path" in model) {
      const card = checkedCard(model.card);
      return { ...model, card, name: card.name, file: model.path };
    }
    const file = new Uint8Array(model);
    return { ...entryOf(file), file };
  });
  const names = new Set(served.map(({ name }) => name));
  if (names.size > 0 && names.size === served.length) return served;
  const received = names.size === 0 ? "none" : `${served.length} with the names ${[...names].join(", ")}`;
  throw new TypeError(`Expected models of different names, at least one, for \`models\` but received ${received}`);
}

/** Lists the models; their files are below it. */
export const MODELS_PATH = "/v1/models";

/** The path of the model's file. */
export const filePath = ({ name }: Pick<ModelEntry, "name">): string => `${MODELS_PATH}/${name}/${MODEL_FILE}`;

/** The path of the file among the site's files. */
export const assetPath = ({ name, version }: Pick<ModelEntry, "name" | "version">): string => `/models/${name}/${version}/${MODEL_FILE}`;
