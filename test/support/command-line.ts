/** Runs the verbs of the command line as a user would: each in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Finished {
  /** Exit code, or null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `anneal <verb> ...args`. */
export function start(verb: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [resolve(ROOT, "training/anneal.ts"), verb, ...args], { cwd: ROOT, env: { ...process.env, ...env } });
}

/** Runs it to its end. */
export async function run(verb: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return finished(start(verb, args, env));
}

export async function finished(child: ChildProcess): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (text) => {
    stdout += text;
  });
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}
