/**
 * `npm start`: builds what is needed and runs the Worker on this machine. No account, no telemetry. PORT chooses the
 * port (8787). `--model` names folders of models to serve instead of the shipped ones (node/flags.ts). All other
 * arguments are wrangler's: `npm start -- --env onnxruntime` runs that environment of wrangler.toml.
 */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildFor } from "./flags.ts";
import { checkFlags } from "./settings.ts";

const HOST = "127.0.0.1";
const WRANGLER = fileURLToPath(new URL("../../node_modules/wrangler/bin/wrangler.js", import.meta.url));
const FLAGS = ["--local", "--ip", HOST, "--inspector-port", "0", "--show-interactive-dev-session=false", "--log-level", "warn"];
/** Wrangler asks no questions and sends no telemetry. */
const SILENCE = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

const STARTER = process.ppid;

/** How long the Worker may take to start. */
const PATIENCE = 60_000;

async function start(): Promise<void> {
  const args = process.argv.slice(2);
  refuseAddress(args);
  checkFlags(args, true);
  const port = await freePort(process.env.PORT ?? "8787");
  const flags = await buildFor(args);
  const server = spawn(process.execPath, [WRANGLER, "dev", ...FLAGS, "--port", String(port), ...flags], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { ...process.env, ...SILENCE },
    stdio: ["ignore", "inherit", "inherit"],
  });
  server.on("exit", (code) => process.exit(code ?? 1)); // no code: a signal ended it
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill(signal));
  // npm passes a signal to the shell that started this process, and the shell does not pass it on.
  setInterval(() => process.ppid !== STARTER && server.kill("SIGTERM"), 500).unref();
  try {
    await untilReady(`http://${HOST}:${port}/health`, PATIENCE);
  } catch (error) {
    server.kill();
    fail((error as Error).message, 1);
  }
  console.log(`Anneal is at http://localhost:${port}/ (Ctrl-C stops it)`);
}

/** Requests `url` until it answers with success. Throws if it has not after `patience` milliseconds. */
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

/** Refuses wrangler's flags for the address, which only PORT sets. Ends the process with one clear line. */
function refuseAddress(flags: readonly string[]): void {
  const flag = flags.find((given) => /^--(port|ip)(=|$)/.test(given));
  if (flag) fail(`Expected the environment variable PORT to choose the port of ${HOST} but received \`${flag}\``, 2);
}

/** The port that `PORT` names. Ends the process with one clear line if it is invalid or cannot be opened. */
async function freePort(text: string): Promise<number> {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 65535) fail(`Expected an integer from 1 to 65535 for \`PORT\` but received ${text}`, 2);
  const next = number < 65535 ? number + 1 : 8787;
  const reasons: Record<string, string> = {
    EADDRINUSE: `which is taken (PORT=${next} npm start takes another)`,
    EACCES: "which this user may not open (PORT=8787 npm start takes another)",
  };
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.on("error", ({ code = "", message }: NodeJS.ErrnoException) =>
      fail(`Expected a free port for \`PORT\` but received ${number}, ${reasons[code] ?? message}`, 2),
    );
    probe.listen(number, HOST, () => probe.close(() => resolve()));
  });
  return number;
}

function fail(message: string, code: number): never {
  console.error(message);
  process.exit(code);
}

if (import.meta.main) await start();
