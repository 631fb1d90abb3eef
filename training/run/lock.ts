/** Only one process at a time may train a run. A lock file in the run's folder names it. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { UserError } from "../cli/user-error.ts";

const FILE = "lock";

/** Longer than a process needs to write its lock after creating it. */
const WRITING_MS = 1000;

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/**
 * Locks a run folder until this process ends, and takes over the lock of a dead process, or an empty one with a sentence:
 * a process was killed before it wrote its name, or the machine stopped. Throws a UserError while
 * another process holds the lock, possibly on another machine that shares the folder.
 */
export function lockRun(folder: string): void {
  const path = join(folder, FILE);
  const own: Holder = { pid: process.pid, host: hostname() };
  const content = `${JSON.stringify(own)}\n`;
  removeIfDead(folder, path);
  try {
    writeFileSync(path, content, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw inUse(folder, path);
    throw new UserError(`\`${path}\` cannot be written: ${(error as Error).message}`);
  }
  process.once("exit", () => {
    if (read(path) === content) rmSync(path, { force: true });
  });
}

/**
 * Removes the lock of a dead process. It is renamed first: of several processes that try, only one succeeds, and none
 * removes a newer lock.
 */
function removeIfDead(folder: string, path: string): void {
  let content = read(path);
  if (content === "") {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WRITING_MS);
    content = read(path);
  }
  if (content === undefined || !(content === "" || isDead(content))) return;
  if (content === "") console.log(`took over \`${path}\`, which is empty: the process that made it was killed before it wrote its name`);
  const moved = `${path}.${process.pid}.tmp`;
  try {
    renameSync(path, moved);
  } catch {
    return; // Another process was faster.
  }
  const isSame = read(moved) === content;
  if (!isSame) renameSync(moved, path);
  rmSync(moved, { force: true });
  if (!isSame) throw inUse(folder, path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function parse(content: string): Partial<Holder> {
  try {
    return JSON.parse(content) as Partial<Holder>;
  } catch {
    return {};
  }
}

/**
 * Whether the lock's process is certainly dead. A lock with this process's own id is old, since this process has just
 * started.
 */
function isDead(content: string): boolean {
  const { pid, host } = parse(content);
  if (host !== hostname() || pid === undefined) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function inUse(folder: string, path: string): UserError {
  const { pid, host } = parse(read(path) ?? "");
  const holder = pid === undefined ? "another process" : `process ${pid} on ${host}`;
  return new UserError(`The run in \`${folder}\` is being trained by ${holder}: stop it first, or remove \`${path}\` if it no longer runs`);
}
