/** What workerd's inspector tells of the memory of the Worker's isolate. */
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { startBareWorker } from "./bare-worker.ts";
import { freePort } from "./start-worker.ts";

/** Bytes. */
interface Memory {
  /** Of JavaScript's heap in use, with garbage that is not collected yet. */
  readonly heap: number;
  /** Of ArrayBuffers and WebAssembly memories. */
  readonly buffers: number;
}

type Inspector = Awaited<ReturnType<typeof inspectorOf>>;

/** Gives `use` the Worker of a bundle, once it is warm, and its inspector. */
export async function inspected<T>(bundle: string, use: (origin: string, inspector: Inspector) => Promise<T>): Promise<T> {
  const port = await freePort();
  const { origin, stop } = await startBareWorker(bundle, port);
  const wake = (path = "/v1/models") => fetch(origin + path).then((response) => response.arrayBuffer());
  try {
    await wake("/sample?seed=warm-up");
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { id: string }[];
    const socket = new WebSocket(`ws://127.0.0.1:${port}/${targets[0].id}`);
    await once(socket, "open");
    const result = await use(origin, await inspectorOf(socket, wake));
    socket.close();
    return result;
  } finally {
    await stop();
  }
}

/** `wake`: any request, as an idle isolate answers nothing. */
async function inspectorOf(socket: WebSocket, wake: () => Promise<unknown>) {
  let asked = 0;
  const answers = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id = 0, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    answers.get(id)?.(result);
    answers.delete(id);
  });

  async function ask(method: string): Promise<unknown> {
    const id = ++asked;
    const answer = new Promise((resolve) => answers.set(id, resolve));
    socket.send(JSON.stringify({ id, method }));
    while (answers.has(id)) {
      await Promise.race([answer, setTimeout(100)]);
      if (answers.has(id)) await wake();
    }
    return answer;
  }

  async function memory(): Promise<Memory> {
    const usage = (await ask("Runtime.getHeapUsage")) as Readonly<Record<"usedSize" | "backingStorageSize", number>>;
    return { heap: usage.usedSize, buffers: usage.backingStorageSize };
  }

  await ask("HeapProfiler.enable");
  return {
    memory,
    collectGarbage: () => ask("HeapProfiler.collectGarbage"),

    /** The memory when it was highest during `work`, looked at every few milliseconds. */
    async peak(work: () => Promise<unknown>): Promise<Memory> {
      let isOver = false;
      const working = work().finally(() => (isOver = true));
      let peak: Memory = { heap: 0, buffers: 0 };
      for (; !isOver; await setTimeout(5)) {
        const now = await memory();
        if (now.heap + now.buffers > peak.heap + peak.buffers) peak = now;
      }
      await working;
      return peak;
    },
  };
}
