/**
 * A model's entry in the manifest: what the service says about the model, and what it needs to resolve a request before
 * loading it.
 */

import { cardIn, type ModelCard, modelVersion } from "../../wasm-model/index.ts";
import { isModelName, ModelError, modelNameRule } from "../../wasm-model/model/card.ts";
import { MODEL_FILE, TEACHER_FILE, teacherCard } from "../../wasm-model/model/model.ts";
import { show } from "../../wasm-model/request/option-error.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";

export interface FileEntry {
  readonly card: ModelCard;
  /** Its length. */
  readonly bytes: number;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
}

export interface ModelEntry extends FileEntry {
  readonly name: string;
  readonly version: string;
  /** Of `teacher.onnx`, if the model is a student. */
  readonly teacher?: FileEntry;
  /** Earlier versions, whose permanent addresses are still served. */
  readonly earlier?: readonly ModelEntry[];
}

/** All versions of a model, the current one first. */
export const versionsOf = (model: ModelEntry): readonly ModelEntry[] => [model, ...(model.earlier ?? [])];

export const MODEL_FILES = [MODEL_FILE, TEACHER_FILE] as const;

export type ModelFileName = (typeof MODEL_FILES)[number];

/** The manifest's entry of this file of the model; undefined if the model has no such file. */
export const fileEntry = (entry: ModelEntry, file: ModelFileName): FileEntry | undefined => (file === MODEL_FILE ? entry : entry.teacher);

/** The form of versions (`modelVersion`). */
export const VERSION = /^[0-9a-f]{8}$/;

/**
 * The entry of a model's file and its teacher's, if it has one. Throws `ModelError` for a file without a card, a name
 * that cannot be part of an address, and a teacher of another model.
 */
export function entryOf(file: Uint8Array, teacher?: Uint8Array): ModelEntry {
  const card = cardIn(file);
  if (!isModelName(card.name))
    throw new ModelError(`Expected ${modelNameRule()} for \`name\` of the model's card but received ${show(card.name)}`);
  const own = { name: card.name, version: modelVersion(file, teacher), ...facts(card, file) };
  return teacher ? { ...own, teacher: facts(teacherCard(card, cardIn(teacher)), teacher) } : own;
}

const facts = (card: ModelCard, file: Uint8Array): FileEntry => ({ card, bytes: file.length, sha256: sha256Hex(file) });

/** Lists the models; their files are below it. */
export const MODELS_PATH = "/v1/models";

/** The path of a file of the model's current version. */
export const filePath = ({ name }: Pick<ModelEntry, "name">, file: ModelFileName): string => `${MODELS_PATH}/${name}/${file}`;

/** The path of this version's file among the Worker's assets. */
export const assetPath = ({ name, version }: Pick<ModelEntry, "name" | "version">, file: ModelFileName): string =>
  `/models/${name}/${version}/${file}`;
