/**
 * `npm run bench:memory -- [images]`: memory of the Worker's isolate under the worst mixes of requests, as workerd's inspector tells it: heap and buffers when their sum is
 * highest, of the 128 MB that Cloudflare gives an isolate. With a number of images (100000 takes about 15 minutes) it draws as many, and prints the memory of the process
 * and of the isolate after each twentieth: what the process gains and the isolate does not is the runtime's. It runs what would be deployed, without the development server.
 */
import { request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { writeChunks } from "../../wasm-model/render/image/chunks.ts";
import { compressed, END, headerOf } from "../../wasm-model/render/image/png.ts";
import { bundleForWorkerd, removeBundle, startBareWorker } from "../support/bare-worker.ts";
import { freePort } from "../support/start-worker.ts";
import { Inspector, type Memory } from "./inspector.ts";
import { memory as processMemory } from "./processes.ts";

const IMAGES = Number(process.argv[2] ?? 0);

const EVENTS = { Accept: "text/event-stream" };
const LARGEST = "n=5&size=341&steps=2"; // MAX_PIXELS
const SEVERAL = 4;

let asked = 0;
const seed = (): string => `memory-${process.pid}-${asked++}`;

/** Each request is of a client of its own, or the limits of one client would bound the mix. */
const headers = (more: Record<string, string> = {}): Record<string, string> => ({
  ...more,
  "CF-Connecting-IP": `192.0.2.${asked++ % 250}`,
});

async function read(path: string, init: RequestInit = {}): Promise<void> {
  const response = await fetch(origin + path, init);
  await response.arrayBuffer();
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
    sent.on("error", () => undefined).on("response", (response) => response.pause());
    sent.end();
    await setTimeout(2000);
    sent.destroy();
  };

const times = (count: number, ask: () => Promise<void>) => () => Promise.all(Array.from({ length: count }, ask));

const MIXES: Readonly<Record<string, () => Promise<unknown>>> = {
  "an image": get("size=28"),
  "the largest PNG": get(LARGEST),
  "the largest PNG, sixteen at once": times(16, get(LARGEST)),
  "the largest JSON": get(`${LARGEST}&format=json`),
  "the largest JSON, sixteen at once": times(16, get(`${LARGEST}&format=json`)),
  "events with the largest JSON": get(`${LARGEST}&format=json`, EVENTS),
  "events with the largest JSON, four at once": times(SEVERAL, get(`${LARGEST}&format=json`, EVENTS)),
  "events with the largest JSON, sixteen at once": times(16, get(`${LARGEST}&format=json`, EVENTS)),
  "the largest animation, sixteen at once": times(16, get("frames=32&size=181&format=apng&steps=31")),
  "the largest drawing (SVG), sixteen at once": times(16, get("n=81&steps=1&format=svg")),
  "grids of 500 with events, sixteen at once": times(16, get("n=500&steps=1", EVENTS)),
  "uploads of 256 KB, thirty-two at once": times(32, post("/v1/fashion-mnist/variations?n=16&size=224&format=json")),
  "recipes of 256 KB, thirty-two at once": times(32, post("/v1/inspect")),
  "two models, JSON and PNG, sixteen at once": () =>
    Promise.all([times(8, get(`${LARGEST}&format=json&model=mnist`))(), times(8, get(LARGEST))()]),
  "the largest JSON, sixteen at once, unread": times(16, unread(`${LARGEST}&format=json`)),
  "the largest PNG, sixty-four at once, unread": times(64, unread(LARGEST)),
  "events with the largest JSON, sixteen at once, unread": times(16, unread(`${LARGEST}&format=json`, EVENTS)),
  "events of grids, sixty-four at once, unread": times(64, unread("n=64&size=100", EVENTS)),
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const inWords = ({ heap, buffers }: Memory): string =>
  `${megabytes(heap + buffers)} (heap ${megabytes(heap)}, buffers ${megabytes(buffers)})`;

const bundle = bundleForWorkerd();
const port = await freePort();
const { origin, stop } = await startBareWorker(bundle, port);
try {
  await read("/sample?seed=7");
  const inspector = await Inspector.connect(port, () => read("/models"));
  if (IMAGES > 0) await growth(inspector, IMAGES);
  else await mixes(inspector);
  inspector.close();
} finally {
  await stop();
  removeBundle(bundle);
}

async function mixes(inspector: Inspector): Promise<void> {
  console.log("| requests | isolate at most | process after |\n|---|---|---|");
  for (const [name, mix] of Object.entries(MIXES)) {
    await inspector.collectGarbage();
    const peak = await inspector.peak(mix);
    console.log(`| ${name} | ${inWords(peak)} | ${megabytes(processMemory())} |`);
  }
  await inspector.collectGarbage();
  console.log(`after a collection: ${inWords(await inspector.memory())}`);
}

async function growth(inspector: Inspector, images: number): Promise<void> {
  const drawAll = async (count: number): Promise<void> => {
    let left = count;
    const loop = async (): Promise<void> => {
      while (left-- > 0) await get("size=28")();
    };
    await Promise.all(Array.from({ length: 8 }, loop));
  };
  console.log("| images | process | isolate | isolate after a collection |\n|---|---|---|---|");
  for (let part = 1; part <= 20; part++) {
    await drawAll(Math.ceil(images / 20));
    const [process, isolate] = [processMemory(), await inspector.memory()];
    await inspector.collectGarbage();
    console.log(
      `| ${part * Math.ceil(images / 20)} | ${megabytes(process)} | ${inWords(isolate)} | ${inWords(await inspector.memory())} |`,
    );
  }
}
