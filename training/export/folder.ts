/** The folder that an export writes: new, empty, or one of an earlier export, whose files are replaced. Files of any other folder are not ours to touch. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CARD_KEY } from "../../wasm-model/onnx/writer.ts";
import { UserError } from "../user-error.ts";
import { expectWritable, makeFolder, writeFileAtomically } from "../write-file.ts";

/** All that an export, and a comparison beside its model, may write. */
const FILES = ["README.md", "fid.svg", "loss.svg", "model-fp32.onnx", "model-ort-fast.onnx", "model.onnx", "samples.png"];
const STAGING = ".export-";

/** Throws a UserError, before any work, unless the folder is one to export to and can be written or made. */
export function expectExportFolder(folder: string): void {
  let others: boolean;
  try {
    expectWritable(folder);
    others = existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith(STAGING)) && !hasModel(folder);
  } catch (error) {
    throw new UserError(`Expected a folder that can be written for \`out\` but ${(error as Error).message}`);
  }
  if (others) {
    throw new UserError(
      `Expected a new or empty folder, or one of an earlier export, for \`out\` but received "${folder}", which holds other files and no model.onnx of an export`,
    );
  }
}

/** Whether `model.onnx` there is of an export, of this version or another one: a card is in its metadata. */
function hasModel(folder: string): boolean {
  const path = join(folder, "model.onnx");
  return existsSync(path) && readFileSync(path).includes(CARD_KEY);
}

/** All files or none: they are complete before the first one takes its place. Files of an earlier export that this one did not write go. */
export function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  let staging: string | undefined;
  try {
    makeFolder(folder);
    staging = mkdtempSync(join(folder, STAGING));
    for (const [name, bytes] of files) writeFileAtomically(join(staging, name), bytes);
    for (const name of files.keys()) renameSync(join(staging, name), join(folder, name));
    for (const name of FILES) if (!files.has(name)) rmSync(join(folder, name), { force: true });
  } catch (error) {
    throw new UserError((error as Error).message);
  } finally {
    if (staging) rmSync(staging, { recursive: true, force: true });
  }
}
