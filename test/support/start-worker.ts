/** Runs the Worker as `npm start` does, for tests that need it behind a real port. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export interface RunningWorker {
  /** E.g. `http://localhost:41234`. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Resolves when the Worker answers. `args` go to wrangler. Throws with all that it printed when it ends before. */
export async function startWorker(...args: string[]): Promise<RunningWorker> {
  const port = await freePort();
  const start = fileURLToPath(new URL("../../worker/start.ts", import.meta.url));
  const server = spawn(process.execPath, [start, ...args], {
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
    },
  };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
