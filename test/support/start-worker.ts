/** Runs the Worker by `npm start`'s program, for tests that need it behind a real port. */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { finished, startProgram } from "./command-line.ts";
import { newFolder, removeFolder } from "./scratch.ts";

export interface RunningWorker {
  /** E.g. `http://localhost:41234`. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Resolves when the Worker answers. `args` go to wrangler. Throws with all that it printed when it ends before. */
export async function startWorker(...args: string[]): Promise<RunningWorker> {
  const port = String(await freePort());
  const state = newFolder("state"); // of its own: two that start at once lock each other's
  const server = startProgram("worker/node/start.ts", ["--port", port, "--persist-to", state, "--log-level", "warn", ...args]);
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
