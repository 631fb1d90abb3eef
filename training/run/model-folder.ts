/**
 * The folder of a model: `model.onnx`, `model-fp32.onnx`, its page `README.md` with the pictures that it shows, and below `run/` the
 * state of the run that made it, which may be deleted. What is there is replaced by renames, the model last: a folder never has the
 * page of one model and the file of another.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { CARD_KEY } from "../../wasm-model/model/onnx/writer.ts";
import { expectWritable, makeFolder, writeFileAtomically } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";

export const PAGE = "README.md";
export const SAMPLES = "samples.png";
/** Within the model's folder. */
export const RUN = "run";

/** An empty folder while a process trains, `lock.{its machine}.{its id}`. */
const LOCK = /^lock\.(.*)\.(\d+)$/;

/**
 * Throws a UserError unless the folder is new or empty, or has what a run or an export wrote and `force` replaces that; and unless
 * it can be written or made.
 */
export function expectModelFolder(folder: string, force = false): void {
  let names: readonly string[] = [];
  try {
    expectWritable(folder);
    if (existsSync(folder)) names = readdirSync(folder).filter((name) => name !== STAGING && !isUnbegun(folder, name));
  } catch (error) {
    throw new UserError(`\`out\` cannot be written: ${(error as Error).message}`);
  }
  if (names.length === 0) return;
  const isOurs = existsSync(join(folder, RUN, "config.json")) || hasModel(folder) || existsSync(join(folder, STAGING));
  if (isOurs && force) return;
  const what = !isOurs
    ? "which holds other files"
    : existsSync(join(folder, RUN))
      ? `which holds a run: --resume ${folder} continues it, and --force replaces it`
      : "which holds a model: --force replaces it";
  throw new UserError(`Expected a new or empty folder for \`out\` but received "${folder}", ${what}`);
}

/** Whether its `model.onnx` has a card, of any version. */
function hasModel(folder: string): boolean {
  const path = join(folder, MODEL_FILE);
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path).includes(CARD_KEY);
}

/** Whether a run writes files of this name. */
export const isOfRun = (name: string): boolean =>
  /^(?:config\.json|log\.jsonl|(?:checkpoint(?:\.best)?|pretrained|matte|enlarger)\.safetensors|sheet\.png|neighbours\.png|progress\.html|README\.md|.+\.\d+\.tmp)$/.test(
    name,
  );

/** Whether it is the folder of a run that has only just begun, or was killed then: without a configuration. */
const isUnbegun = (folder: string, name: string): boolean =>
  name === RUN && readdirSync(join(folder, name)).every((inside) => LOCK.test(inside) || (isOfRun(inside) && inside !== "config.json"));

/**
 * Makes the folder of a model's run where there is none, and locks it until this process ends; removes the locks of dead processes of
 * this machine. At the end a folder in which nothing was written is gone. Throws a UserError while another process has a lock, possibly
 * on another machine that shares the folder: of two that begin at once at least one sees the other's, and mostly both do.
 */
export function lockRun(folder: string): void {
  const run = join(folder, RUN);
  const own = `lock.${hostname()}.${process.pid}`;
  const isNew = !existsSync(folder);
  makeFolder(join(run, own));
  const removeOwn = (): void => rmSync(join(run, own), { recursive: true, force: true });
  process.once("exit", () => {
    try {
      removeOwn();
      rmdirSync(run); // fails unless it is empty
      if (isNew) rmdirSync(folder);
    } catch {}
  });
  const names = readdirSync(run);
  for (const name of names) {
    const [, host, pid] = LOCK.exec(name) ?? [];
    if (host === undefined || name === own) continue;
    const path = join(run, name);
    if (host !== hostname() || !isDead(Number(pid))) {
      removeOwn();
      throw new UserError(
        `The run in \`${folder}\` is being trained by process ${pid} on ${host}: stop it first, or remove \`${path}\` if it no longer runs`,
      );
    }
    rmSync(path, { recursive: true, force: true });
  }
  for (const name of names) if (/\.\d+\.tmp$/.test(name)) rmSync(join(run, name), { force: true }); // of killed processes, since no other one writes here
}

/** Whether no process of this machine has this id. */
function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Where the files of a model are complete before they take their places; what a killed process left of it goes with the next. */
const STAGING = ".anneal";

/** Moves a page that is not as its run wrote it to README.earlier.md, or README.earlier-2.md where that is taken, and so on. */
function keepEditedPage(folder: string): void {
  const [page, written] = [join(folder, PAGE), join(folder, RUN, PAGE)];
  if (!existsSync(page) || (existsSync(written) && readFileSync(page).equals(readFileSync(written)))) return;
  let place = join(folder, "README.earlier.md");
  for (let i = 2; existsSync(place); i++) place = join(folder, `README.earlier-${i}.md`);
  renameSync(page, place);
}

/**
 * Writes the files of a model, all of them or none: all are complete before the first one takes its place. While they do, there is no
 * `model.onnx`. What a process killed just then leaves has none: its run writes it again, or an export with --force. Throws a UserError.
 */
export function writeModelFolder(folder: string, files: ReadonlyMap<string, Uint8Array | string>): void {
  const staging = join(folder, STAGING);
  try {
    rmSync(staging, { recursive: true, force: true });
    makeFolder(staging);
    try {
      for (const [name, content] of files) writeFileAtomically(join(staging, name), content);
      rmSync(join(folder, MODEL_FILE), { force: true });
      keepEditedPage(folder);
      const names = [...files.keys()].sort((a, b) => Number(a === MODEL_FILE) - Number(b === MODEL_FILE));
      for (const name of names) renameSync(join(staging, name), join(folder, name));
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`\`${folder}\` cannot be filled: ${(error as Error).message}`);
  }
}
