/** Runs the Worker by `wrangler dev`, for tests that need it behind a real port. */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { buildSite } from "../../worker/node/build.ts";
import { finished, startProgram } from "./command-line.ts";
import { newFolder, removeFolder } from "./scratch.ts";

export interface RunningWorker {
  /** E.g. `http://localhost:41234`. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Nobody is asked or told anything, and nothing is shown but warnings. */
const FLAGS = ["--local", "--ip", "127.0.0.1", "--inspector-port", "0", "--show-interactive-dev-session=false", "--log-level", "warn"];
const SILENCE = { WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CLOUDFLARE_CF_FETCH_ENABLED: "false" };

/** Builds the site. Resolves when the Worker answers. `args` go to wrangler. Throws with all that it printed when it ends before. */
export async function startWorker(...args: string[]): Promise<RunningWorker> {
  await buildSite();
  const port = String(await freePort());
  const state = newFolder("state"); // of its own: two that start at once lock each other's
  const words = ["dev", ...FLAGS, "--port", port, "--persist-to", state, ...args];
  const server = startProgram("node_modules/wrangler/bin/wrangler.js", words, SILENCE);
  const ended = finished(server);
  const origin = `http://localhost:${port}`;
  while (!(await fetch(`${origin}/health`).catch(() => undefined))?.ok) {
    if (server.exitCode !== null) throw new Error(`Expected wrangler to serve but it ended: ${JSON.stringify(await ended)}`);
    await setTimeout(100);
  }
  return {
    origin,
    async stop() {
      server.kill("SIGTERM");
      await ended;
      removeFolder(state);
    },
  };
}

/** Below those that systems give to connections, of which any may come between this question and the server's start. */
const PORTS = { first: 20_000, count: 12_000 };
let next = process.pid * 40;

/** A port that is free, and another one each time. */
export async function freePort(): Promise<number> {
  const port = PORTS.first + (next++ % PORTS.count);
  const probe = createServer().listen(port, "127.0.0.1");
  const isFree = await once(probe, "listening").then(
    () => true,
    () => false,
  );
  if (!isFree) return freePort();
  probe.close();
  await once(probe, "close");
  return port;
}
