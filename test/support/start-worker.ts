/** Runs the Worker as `npm start` does, for tests that need it behind a real port. */
import { once } from "node:events";
import { createServer } from "node:net";
import { startProgram, untilPrinted } from "./command-line.ts";
import { newFolder, removeFolder } from "./scratch.ts";

export interface RunningWorker {
  /** E.g. `http://localhost:41234`. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Resolves when the Worker answers. `args` go to wrangler. Throws with all that it printed when it ends before. */
export async function startWorker(...args: string[]): Promise<RunningWorker> {
  const port = await freePort();
  const state = newFolder("state"); // of its own: two that start at once lock each other's
  const server = startProgram("worker/node/start.ts", ["--persist-to", state, ...args], { PORT: String(port) });
  const ended = once(server, "exit");
  await untilPrinted(server, /Anneal is at/);
  return {
    origin: `http://localhost:${port}`,
    async stop() {
      server.kill("SIGTERM");
      await ended;
      removeFolder(state);
    },
  };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
