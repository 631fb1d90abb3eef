/** Memory of the Worker's isolate, of the Worker as it is deployed, by workerd's inspector: Cloudflare gives an isolate 128 MB. */
import { once } from "node:events";
import { request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { bundleForWorkerd, startBareWorker, through } from "../support/bare-worker.ts";
import { temporaryFolder } from "../support/files.ts";
import { freePort } from "../support/start-worker.ts";

/** Bytes of heap and buffers, garbage included. */
const MOST = 100e6;
/** Images of a round, and bytes that one may leave behind: its file in the isolate's own cache. */
const IMAGES = 2000;
const LEFT = 2000;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const bundle = temporaryFolder("workerd");

beforeAll(() => bundleForWorkerd(bundle));

const LARGEST = "n=9&size=341&steps=1&model=fashion-mnist"; // MAX_PIXELS, of one byte each
const LARGEST_RGBA = "n=9&size=200&steps=1&background=transparent&model=fashion-mnist"; // about the highest cost
const LARGEST_COLOUR = "n=4&size=341&steps=1";

let asked = 0;
const seed = (): string => `memory-${process.pid}-${asked++}`;

/** Each request is of a client of its own, or the limits of one client would bound the mix. */
const headers = () => through(`192.0.2.${asked++ % 250}`);

/** The Worker that is asked, and who counts its answers. */
interface Asked {
  readonly origin: string;
  answered(status: number | undefined): void;
}

type Ask = (worker: Asked) => Promise<unknown>;

const get =
  (query: string): Ask =>
  async ({ origin, answered }) => {
    const response = await fetch(`${origin}/sample?seed=${seed()}&${query}`, { headers: headers() });
    await response.arrayBuffer();
    answered(response.status);
  };

/** A client that asks and does not read, for two seconds. */
const unread =
  (query: string): Ask =>
  async ({ origin, answered }) => {
    const sent = request(`${origin}/sample?seed=${seed()}&${query}`, { headers: headers(), agent: false });
    sent
      .on("error", () => undefined)
      .on("response", (response) => {
        answered(response.statusCode);
        response.pause();
      });
    sent.end();
    await setTimeout(2000);
    sent.destroy();
  };

const times =
  (count: number, ...asks: readonly Ask[]): Ask =>
  (worker) =>
    Promise.all(asks.flatMap((ask) => Array.from({ length: count }, () => ask(worker))));

/** The worst mixes of requests for the memory of the isolate, by what they are. */
const MIXES: Readonly<Record<string, Ask>> = {
  "images, two thousand at once": times(2000, get("size=28")),
  "the largest PNG, sixteen at once": times(16, get(LARGEST)),
  "the largest PNG on a transparent background, sixteen at once": times(16, get(LARGEST_RGBA)),
  "the largest animation, sixteen at once": times(16, get("frames=32&size=181&format=apng&steps=31")),
  "two models, sixteen at once": times(8, get(LARGEST_COLOUR), get(LARGEST)),
  "the largest PNG, sixty-four at once, unread": times(64, unread(LARGEST)),
  "the largest PNG in colour, sixty-four at once, unread": times(64, unread(LARGEST_COLOUR)),
  "eight of each of these kinds at once": times(8, get(LARGEST_RGBA), get(LARGEST_COLOUR), unread(LARGEST_RGBA)),
};

it("is at most 100 MB under the worst mixes of requests, all of which are answered or refused", () =>
  inspected(bundle, async (origin, inspector) => {
    for (const [name, mix] of Object.entries(MIXES)) {
      const statuses = new Set<number | undefined>();
      await inspector.collectGarbage();
      const { heap, buffers } = await inspector.peak(() => mix({ origin, answered: (status) => statuses.add(status) }));
      console.log(`${name}: ${megabytes(heap + buffers)} (heap ${megabytes(heap)}, buffers ${megabytes(buffers)})`);
      expect(heap + buffers, name).toBeLessThanOrEqual(MOST);
      expect([200, 400, 503], name).toEqual(expect.arrayContaining([...statuses]));
    }
  }));

it("does not grow with the number of images and other answers, once garbage is collected", () =>
  inspected(bundle, async (origin, inspector) => {
    const sizes: number[] = [];
    for (let round = 0; round < 3; round++) {
      await askMany(origin, `round-${round}`);
      await inspector.collectGarbage();
      const { heap, buffers } = await inspector.memory();
      sizes.push(heap + buffers);
    }
    console.log(`after each ${IMAGES} images and other answers: ${sizes.map(megabytes).join(", ")}`);
    expect(sizes[2] - sizes[0]).toBeLessThan(2 * IMAGES * LEFT);
  }));

/** Each kind of answer that takes no drawing: 404, 400, 410, JSON. */
const OTHERS: readonly ((id: string) => string)[] = [
  (id) => `/nowhere/${id}`,
  (id) => `/sample?steps=1&sampler=${id}`,
  (id) => `/v1/fashion-mnist@${"0".repeat(32)}/${id}.png`,
  () => "/v1/models",
];

/** Asks for images, and for as many other answers. */
async function askMany(origin: string, round: string): Promise<void> {
  const ask = async (path: string, client: number): Promise<number> => {
    const headers = through(`192.0.2.${client}`); // or the limits of one client would bound the burst
    const response = await fetch(origin + path, { headers });
    await response.arrayBuffer();
    return response.status;
  };
  for (let i = 0; i < IMAGES; i += 100) {
    const burst = Array.from({ length: 100 }, async (_, j) => {
      const id = `${round}-${i + j}`;
      expect(await ask(`/sample?steps=1&seed=${id}`, j)).toBe(200);
      expect(await ask(OTHERS[j % OTHERS.length](id), j)).toBeLessThan(500);
    });
    await Promise.all(burst);
  }
}

/** Bytes. */
interface Memory {
  /** Of JavaScript's heap in use, with garbage that is not collected yet. */
  readonly heap: number;
  /** Of ArrayBuffers and WebAssembly memories. */
  readonly buffers: number;
}

type Inspector = Awaited<ReturnType<typeof inspectorOf>>;

/** Gives `use` the Worker of a bundle, once it is warm, and its inspector. */
async function inspected<T>(bundle: string, use: (origin: string, inspector: Inspector) => Promise<T>): Promise<T> {
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
