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

/** The words of a command line; a value is one word, whatever is in it. */
export const words = ({ raw }: TemplateStringsArray, ...values: readonly string[]): string[] =>
  raw.flatMap((text, i) => [...(text.match(/\S+/g) ?? []), ...values.slice(i, i + 1)]);

type Variables = Readonly<Record<string, string>>;

/** Starts a program of the repository, such as `worker/node/start.ts`. */
export function startProgram(path: string, args: readonly string[], env: Variables = {}): ChildProcess {
  return spawn(process.execPath, [resolve(ROOT, path), ...args], { cwd: ROOT, env: { ...process.env, ...env } });
}

/** Starts `anneal <verb> ...args`. */
export const start = (verb: string, args: readonly string[], env: Variables = {}): ChildProcess =>
  startProgram("training/anneal.ts", [verb, ...args], env);

/** Runs it to its end. */
export async function run(verb: string, args: readonly string[], env: Variables = {}): Promise<Finished> {
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

/** For what must succeed. Throws an Error with what it printed where it does not. */
export async function succeeded(running: Promise<Finished>): Promise<Finished> {
  const outcome = await running;
  if (outcome.code !== 0) throw new Error(`Expected exit code 0 but received ${outcome.code}:\n${outcome.stdout}${outcome.stderr}`);
  return outcome;
}

/** For a user's mistake: what it printed about it. Throws an Error unless its exit code is 2. */
export async function refused(running: Promise<Finished>): Promise<string> {
  const { code, stdout, stderr } = await running;
  if (code !== 2) throw new Error(`Expected exit code 2 but received ${code}:\n${stdout}${stderr}`);
  return stderr;
}

/** What the pattern finds in what a child has printed. Throws an Error with all of that if the child ends before. */
export async function untilPrinted({ stdout, stderr }: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let printed = "";
  return new Promise((resolve, reject) => {
    for (const stream of [stdout, stderr])
      stream?.on("data", (text) => {
        printed += text;
        const found = pattern.exec(printed);
        if (found) resolve(found);
      });
    stdout?.once("close", () => reject(new Error(`Expected a program that prints ${pattern} but it ended:\n${printed}`)));
  });
}

/** Ends a child that was started `detached`, and all that it has started, if they are still there. */
export function killGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-(pid as number), "SIGKILL");
  } catch {
    // nobody is left
  }
}
