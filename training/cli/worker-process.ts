/** Runs the verbs of the Worker, which are programs of worker/; nothing here imports them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Runs worker/node/{name} with these arguments to its end. Its exit code becomes this process's own; after a signal, as
 * in a shell, 128 plus the signal's number. It ends when this process's parent ends.
 */
export async function runInWorker(name: "dev" | "new" | "add" | "deploy", args: readonly string[]): Promise<void> {
  const isSource = extname(import.meta.filename) === ".ts";
  const program = new URL(isSource ? `../../worker/node/${name}.ts` : `../node/${name}.js`, import.meta.url);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const starter = process.ppid;
  const child = spawn(process.execPath, [fileURLToPath(program), ...args], { stdio: "inherit" });
  // npm passes a signal on to the shell that started this process, but the shell does not pass it on.
  setInterval(() => process.ppid !== starter && child.kill("SIGTERM"), 500).unref();
  const [code, signal] = (await once(child, "exit")) as [number | null, keyof typeof constants.signals | null];
  process.exitCode = code ?? 128 + constants.signals[signal as keyof typeof constants.signals];
}
