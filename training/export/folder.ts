/**
 * The folder that an export writes: new, empty, or one of an earlier export, whose files are replaced. Files in any
 * other folder are left alone.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { CARD_KEY } from "../../wasm-model/model/onnx/writer.ts";
import { RECORD_FILE } from "../../wasm-model/model/recorded.ts";
import { expectWritable, fillFolder, isStaging, writeFileAtomically } from "../cli/files.ts";
import { FP32_FILE } from "../cli/model-files.ts";
import { UserError } from "../cli/user-error.ts";
import { type ModelRecord, readRecord } from "./record.ts";

/** Throws a UserError, before any work, unless an export may replace this folder and can write or make it. */
export function expectExportFolder(folder: string): void {
  let others: boolean;
  try {
    expectWritable(folder);
    others = existsSync(folder) && readdirSync(folder).some((name) => !isStaging(name)) && !hasModel(folder);
  } catch (error) {
    throw new UserError(`\`out\` cannot be written: ${(error as Error).message}`);
  }
  if (others) {
    throw new UserError(
      `Expected a new or empty folder, or one of an earlier export, for \`out\` but received "${folder}", which holds other files and no model.onnx of an export`,
    );
  }
}

/** Whether the `model.onnx` is from an export of any version, with a card in its metadata. */
function hasModel(folder: string): boolean {
  const path = join(folder, MODEL_FILE);
  return existsSync(path) && readFileSync(path).includes(CARD_KEY);
}

/** The record of the export in the folder, if there is one. Throws a UserError for a damaged record. */
export const earlierRecord = (folder: string): ModelRecord | undefined =>
  existsSync(join(folder, RECORD_FILE)) ? readRecord(folder) : undefined;

/** Whether the folder has the same models already, so that their measurements still hold. */
export const holdsSameModels = (folder: string, files: ReadonlyMap<string, Uint8Array>): boolean =>
  [MODEL_FILE, FP32_FILE].every((name) => {
    const [path, bytes] = [join(folder, name), files.get(name)];
    return bytes !== undefined && existsSync(path) && readFileSync(path).equals(bytes);
  });

/** The images that a page shows, but samples.png, which every export writes. */
export const picturesOf = ({ run, figures }: ModelRecord): string[] =>
  [...(run ? [run] : []), ...figures].flatMap(({ pictures }) => pictures.map(({ file }) => file));

/**
 * Writes all files or none: all are complete before the first one takes its place. The record is the first and
 * `model.onnx` the last, and the record holds its SHA-256: of a folder in which a process was killed in between the two
 * disagree, and it is refused by its name (wasm-model/model/recorded.ts). Removes the files in `obsolete`.
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>, obsolete: readonly string[]): void {
  const write = (staging: string): void => {
    for (const [name, bytes] of files) writeFileAtomically(join(staging, name), bytes);
    for (const name of obsolete) rmSync(join(folder, name), { force: true });
  };
  fillFolder(folder, write, (name) => (name === RECORD_FILE ? 0 : name === MODEL_FILE ? 2 : 1));
}
