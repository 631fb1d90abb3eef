/**
 * `npm run bench -- memory`: memory of the Worker's isolate under the worst mixes of requests, as workerd's inspector tells it: heap and buffers when their sum is highest,
 * garbage included, of the 128 MB that Cloudflare gives an isolate; and how the requests were answered. It runs what would be deployed, without the development server.
 */
import { request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { newCommand } from "../../training/cli/command-line.ts";
import { writeChunks } from "../../wasm-model/render/image/chunks.ts";
import { compressed, END, headerOf } from "../../wasm-model/render/image/png.ts";
import { bundleForWorkerd, removeBundle, startBareWorker } from "../support/bare-worker.ts";
import { freePort } from "../support/start-worker.ts";
import { Inspector, type Memory } from "./inspector.ts";
import { memory as processMemory } from "./processes.ts";

newCommand("bench memory")
  .description("Measures the memory of the Worker's isolate under the worst mixes of requests.")
  .parse(process.argv);

const EVENTS = { Accept: "text/event-stream" };
const LARGEST = "n=9&size=341&steps=1"; // MAX_PIXELS, of one byte each
const LARGEST_RGBA = `${LARGEST}&background=transparent`;

let asked = 0;
const seed = (): string => `memory-${process.pid}-${asked++}`;

/** Each request is of a client of its own, or the limits of one client would bound the mix. */
const headers = (more: Record<string, string> = {}): Record<string, string> => ({
  ...more,
  "CF-Connecting-IP": `192.0.2.${asked++ % 250}`,
});

/** How requests were answered: how often with each status. */
const answers = new Map<string, number>();
const count = (status: string): void => void answers.set(status, (answers.get(status) ?? 0) + 1);

async function read(path: string, init: RequestInit = {}): Promise<void> {
  const response = await fetch(origin + path, init);
  await response.arrayBuffer();
  count(String(response.status));
}

const get =
  (query: string, more: Record<string, string> = {}) =>
  () =>
    read(`/sample?seed=${seed()}&${query}`, { headers: headers(more) });

/** As large as an upload may be: with a chunk that nothing reads. */
const black = { pixels: new Uint8Array(784), width: 28, height: 28, channels: 1 };
const filling = { type: "fiLl", data: new Uint8Array(250_000) };
const picture = writeChunks([headerOf(black), { type: "IDAT", data: compressed(black) }, filling, END]);
const post = (path: string) => () => read(path, { method: "POST", body: picture, headers: headers({ "Content-Type": "image/png" }) });

/** A client that asks and does not read, for two seconds. */
const unread =
  (query: string, more: Record<string, string> = {}) =>
  async (): Promise<void> => {
    const sent = request(`${origin}/sample?seed=${seed()}&${query}`, { headers: headers(more), agent: false });
    sent
      .on("error", () => undefined)
      .on("response", (response) => {
        count(String(response.statusCode));
        response.pause();
      });
    sent.end();
    await setTimeout(2000);
    sent.destroy();
  };

/** A client that sends half of its upload, and no more for two seconds. */
const halfSent = async (): Promise<void> => {
  const type = { "Content-Type": "image/png", "Content-Length": String(picture.length) };
  const sent = request(`${origin}/v1/fashion-mnist/variations`, { method: "POST", headers: headers(type), agent: false });
  sent.on("error", () => undefined).on("response", ({ statusCode }) => count(String(statusCode)));
  sent.write(picture.subarray(0, picture.length / 2));
  await setTimeout(2000);
  sent.destroy();
};

const times = (count: number, ask: () => Promise<unknown>) => () => Promise.all(Array.from({ length: count }, ask));

const MIXES: Readonly<Record<string, () => Promise<unknown>>> = {
  "an image": get("size=28"),
  "images, two thousand at once": times(2000, get("size=28")),
  "the largest PNG, sixteen at once": times(16, get(LARGEST)),
  "the largest JSON": get(`${LARGEST}&format=json`),
  "the largest JSON, sixteen at once": times(16, get(`${LARGEST}&format=json`)),
  "the largest JSON on a transparent background": get(`${LARGEST_RGBA}&format=json`),
  "the largest JSON on a transparent background, sixteen at once": times(16, get(`${LARGEST_RGBA}&format=json`)),
  "events with the largest JSON": get(`${LARGEST}&format=json`, EVENTS),
  "events with the largest JSON, four at once": times(4, get(`${LARGEST}&format=json`, EVENTS)),
  "events with the largest JSON, sixteen at once": times(16, get(`${LARGEST}&format=json`, EVENTS)),
  "the largest animation, sixteen at once": times(16, get("frames=32&size=181&format=apng&steps=31")),
  "the largest drawing (SVG), sixteen at once": times(16, get("n=81&steps=1&format=svg")),
  "grids of 500 with events, sixteen at once": times(16, get("n=500&steps=1", EVENTS)),
  "uploads of 256 KB, thirty-two at once": times(32, post("/v1/fashion-mnist/variations?n=16&size=224&format=json")),
  "recipes of 256 KB, five hundred at once": times(500, post("/v1/inspect")),
  "uploads that stay half sent, five hundred at once": times(500, halfSent),
  "two models, JSON and PNG, sixteen at once": () =>
    Promise.all([times(8, get(`${LARGEST}&format=json&model=mnist`))(), times(8, get(LARGEST))()]),
  "the largest JSON, sixty-four at once, unread": times(64, unread(`${LARGEST}&format=json`)),
  "the largest JSON on a transparent background, sixty-four at once, unread": times(64, unread(`${LARGEST_RGBA}&format=json`)),
  "the largest PNG, sixty-four at once, unread": times(64, unread(LARGEST)),
  "events with the largest JSON, sixteen at once, unread": times(16, unread(`${LARGEST}&format=json`, EVENTS)),
  "events of grids, sixty-four at once, unread": times(64, unread("n=64&size=100", EVENTS)),
  "eight of each of these kinds at once": () =>
    Promise.all(
      [
        get(`${LARGEST_RGBA}&format=json`),
        get(`${LARGEST}&format=json&model=mnist`, EVENTS),
        get("n=81&steps=1&format=svg"),
        post("/v1/mnist/variations?n=16&size=224&format=json"),
        unread(`${LARGEST_RGBA}&format=json`),
        halfSent,
      ].flatMap((ask) => Array.from({ length: 8 }, ask)),
    ),
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const inWords = ({ heap, buffers }: Memory): string =>
  `${megabytes(heap + buffers)} (heap ${megabytes(heap)}, buffers ${megabytes(buffers)})`;

const bundle = bundleForWorkerd();
const port = await freePort();
const { origin, stop } = await startBareWorker(bundle, port);
try {
  await read("/sample?seed=7");
  const inspector = await Inspector.connect(port, () => read("/v1/models"));
  await mixes(inspector);
  inspector.close();
} finally {
  await stop();
  removeBundle(bundle);
}

async function mixes(inspector: Inspector): Promise<void> {
  console.log("| requests | isolate at most | answers | process after |\n|---|---|---|---|");
  let most = 0;
  for (const [name, mix] of Object.entries(MIXES)) {
    await inspector.collectGarbage();
    answers.clear();
    const peak = await inspector.peak(mix);
    most = Math.max(most, peak.heap + peak.buffers);
    const statuses = [...answers].map(([status, count]) => `${count} x ${status}`).join(", ");
    console.log(`| ${name} | ${inWords(peak)} | ${statuses} | ${megabytes(processMemory())} |`);
  }
  await inspector.collectGarbage();
  console.log(`after a collection: ${inWords(await inspector.memory())}; at most ${megabytes(most)} in any of them`);
}
