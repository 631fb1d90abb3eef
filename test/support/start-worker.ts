/** Runs the Worker as `npm start` does, for tests that need it behind a real port. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface RunningWorker {
  /** E.g. `http://localhost:41234`. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Resolves when the Worker answers. `args` go to wrangler. Throws with all that it printed when it ends before. */
export async function startWorker(...args: string[]): Promise<RunningWorker> {
  const port = await freePort();
  const start = fileURLToPath(new URL("../../worker/node/start.ts", import.meta.url));
  const state = mkdtempSync(join(tmpdir(), "anneal-state-")); // of its own: two that start at once lock each other's
  const server = spawn(process.execPath, [start, "--persist-to", state, ...args], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(server, "exit");
  let printed = "";
  await new Promise<void>((resolve, reject) => {
    const read = (text: string) => {
      printed += text;
      if (printed.includes("Anneal is at")) resolve();
    };
    server.stdout.setEncoding("utf8").on("data", read);
    server.stderr.setEncoding("utf8").on("data", read);
    ended.then(() => reject(new Error(`Expected the Worker to start but it ended:\n${printed}`)));
  });
  return {
    origin: `http://localhost:${port}`,
    async stop() {
      server.kill("SIGTERM");
      await ended;
      rmSync(state, { recursive: true, force: true });
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
