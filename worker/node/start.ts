/**
 * `npm start`: builds what is needed and runs the Worker on this machine. No account, no telemetry. PORT or `--port` chooses the
 * port (8787). All other arguments are wrangler's: `npm start -- --env free` runs that environment of wrangler.toml.
 */
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { buildSite } from "./build.ts";
import { fail } from "./folders.ts";
import { environmentIn, wrangler } from "./wrangler.ts";

const HOST = "127.0.0.1";
const FLAGS = ["--local", "--ip", HOST, "--inspector-port", "0", "--show-interactive-dev-session=false", "--log-level", "warn"];

const STARTER = process.ppid;

/** How long the Worker may take to start. */
const PATIENCE = 60_000;

async function start(): Promise<void> {
  const args = process.argv.slice(2);
  environmentIn(args);
  const port = await freePort(portIn(args) ?? process.env.PORT ?? "8787");
  await buildSite();
  const server = wrangler("dev", ...FLAGS, "--port", String(port), ...args);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill(signal));
  // npm passes a signal to the shell that started this process, and the shell does not pass it on.
  setInterval(() => process.ppid !== STARTER && server.kill("SIGTERM"), 500).unref();
  try {
    await untilReady(`http://${HOST}:${port}/health`, PATIENCE);
  } catch (error) {
    server.kill();
    console.error((error as Error).message);
    process.exit(1);
  }
  console.log(`Anneal is at http://localhost:${port}/ (Ctrl-C stops it)`);
}

/** Requests `url` until it answers with success. Throws if it fails, or has not answered after `patience` milliseconds. */
export async function untilReady(url: string, patience: number): Promise<void> {
  const deadline = AbortSignal.timeout(patience);
  let received = "none";
  while (!deadline.aborted) {
    try {
      const { ok, status } = await fetch(url, { signal: deadline });
      if (ok) return;
      received = `HTTP status ${status}`;
    } catch {
      // it does not listen yet
    }
    await setTimeout(200);
  }
  throw new Error(`Expected a successful answer from ${url} within ${patience / 1000} s but received ${received}`);
}

/** The port of the flag `--port`, which is taken out of the arguments: wrangler takes one only. */
function portIn(args: string[]): string | undefined {
  const flag = args.findIndex((arg) => /^--port(=|$)/.test(arg));
  if (flag < 0) return undefined;
  const [words, value] = args[flag].includes("=") ? [1, args[flag].slice("--port=".length)] : [2, args[flag + 1]];
  args.splice(flag, words);
  return value ?? "";
}

/** The port that `PORT` or `--port` names. Ends the process with one clear line if it is invalid or cannot be opened. */
async function freePort(text: string): Promise<number> {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 65535) fail(`Expected an integer from 1 to 65535 for \`PORT\` but received ${text}`);
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.on("error", ({ message }) => fail(`Expected a free port for \`PORT\` but received ${number}: ${message}`));
    probe.listen(number, HOST, () => probe.close(() => resolve()));
  });
  return number;
}

if (import.meta.main) await start();
