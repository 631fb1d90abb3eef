/** Only one process at a time may train a run. A lock file in the run's folder names it. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { UserError } from "../cli/user-error.ts";

const FILE = "lock";

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/**
 * Locks a run folder until this process ends, takes over the lock of a dead process of this machine, and removes the files that
 * it had not finished. Throws a UserError while another process holds the lock, possibly on another machine that shares the folder.
 */
export function lockRun(folder: string): void {
  const path = join(folder, FILE);
  const own: Holder = { pid: process.pid, host: hostname() };
  if (isDead(holderIn(path))) rmSync(path, { force: true });
  try {
    writeFileSync(path, `${JSON.stringify(own)}\n`, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST")
      throw new UserError(`\`${path}\` cannot be written: ${(error as Error).message}`);
    const { pid, host } = holderIn(path);
    const holder = pid === undefined ? "another process" : `process ${pid} on ${host}`;
    throw new UserError(
      `The run in \`${folder}\` is being trained by ${holder}: stop it first, or remove \`${path}\` if it no longer runs`,
    );
  }
  process.once("exit", () => rmSync(path, { force: true }));
  const unfinished = readdirSync(folder).filter((name) => /\.\d+\.tmp$/.test(name)); // of killed processes, since no other one writes here
  for (const name of unfinished) rmSync(join(folder, name), { force: true });
}

/** Empty where there is no lock, and where its process has only just made it. */
function holderIn(path: string): Partial<Holder> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
  } catch {
    return {};
  }
}

/** Whether the process is certainly dead. One with this process's own id is, since this process has just started. */
function isDead({ pid, host }: Partial<Holder>): boolean {
  if (host !== hostname() || pid === undefined) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
