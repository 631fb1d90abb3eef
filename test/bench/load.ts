/**
 * `npm run bench -- load [images] [seconds]`: the Worker under load on this machine (loopback, autocannon): images that
 * it must draw and images that it has, at full speed, 20 000 each; then new ones at twice of what it can do, and what an
 * image takes right after, and beside a client that asks for as much as it can. Prints requests per second, latencies, CPU
 * per image and memory of its process. It runs what would be deployed, without the development server.
 */
import { setTimeout } from "node:timers/promises";
import autocannon from "autocannon";
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { buildSite } from "../../worker/node/build.ts";
import { bundleForWorkerd, startBareWorker, through } from "../support/bare-worker.ts";
import { scratchFolder } from "../support/scratch.ts";
import { cpuOf, machine, residentMemory } from "./measure.ts";

const { processedArgs } = newCommand("bench load")
  .description("Measures the Worker under load: throughput, latency, CPU, memory and fairness.")
  .argument("[images]", "of each kind", numberIn("images", 1, 1e7), 20_000)
  .argument("[seconds]", "of double load", numberIn("seconds", 1, 3600), 20)
  .parse(process.argv);
const [IMAGES, SECONDS] = processedArgs as [number, number];

let drawn = 0;
const newImage = () => `/sample?seed=load-${process.pid}-${drawn++}`;

interface Load {
  readonly path: () => string;
  readonly connections: number;
  readonly amount?: number;
  /** Requests per second, and for how many. */
  readonly overallRate?: number;
  readonly duration?: number;
}

async function run(origin: string, { path, ...load }: Load): Promise<autocannon.Result> {
  return autocannon({ url: origin, ...load, requests: [{ setupRequest: (request) => ({ ...request, path: path() }) }] });
}

const megabytes = (): string => `${(residentMemory() / 2 ** 20).toFixed(0)} MB`;

function report(name: string, result: autocannon.Result, cpu: number): void {
  const { latency, requests, statusCodeStats, errors, timeouts } = result;
  const answers = Object.entries(statusCodeStats ?? {}).map(([status, { count }]) => `${count} x ${status}`);
  const good = statusCodeStats?.["200"]?.count ?? 0;
  console.log(
    `${name}: ${requests.average.toFixed(0)} requests/s; p50 ${latency.p50} ms, p99 ${latency.p99} ms, longest ${latency.max} ms; ` +
      `${(cpu / good).toFixed(2)} ms of CPU per image; memory ${megabytes()}; ${answers.join(", ")}; ${errors} errors, ${timeouts} timeouts`,
  );
}

/** Milliseconds that a new image takes when nothing else is asked for: the median of nine. */
async function quiet(origin: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 9; i++) times.push(await timed(origin));
  return times.sort((a, b) => a - b)[4];
}

async function timed(origin: string): Promise<number> {
  const start = performance.now();
  await (await fetch(origin + newImage())).arrayBuffer();
  return performance.now() - start;
}

const from = (address: string) => ({ headers: through(address) });

/** Percentiles of milliseconds in words. */
function summary(times: number[]): string {
  times.sort((a, b) => a - b);
  return `median ${times[times.length >> 1].toFixed(0)} ms, longest ${times.at(-1)?.toFixed(0)} ms`;
}

/** The costliest request: a grid of 13 images by `avatars`. */
const newGrid = () => `/sample?n=13&model=avatars&seed=${process.pid}-${drawn++}`;

const GREEDY = from("192.0.2.1");

/** Milliseconds that each image takes for another client, which asks every 100 ms, `images` times. */
async function timesBeside(origin: string, images: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < images; i++) {
    const began = performance.now();
    const response = await fetch(origin + newImage(), from("192.0.2.2"));
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`Expected an image but received status ${response.status}`);
    times.push(performance.now() - began);
    await setTimeout(100);
  }
  return times;
}

/** One client asks for grids in `loops`, another one for images. Prints how long those take, and who got what. */
async function fairness(origin: string, loops = 17, images = 100): Promise<void> {
  const alone = await quiet(origin);
  let isOver = false;
  const grids: Record<number, number> = { 200: 0, 503: 0 };
  const loop = async (): Promise<void> => {
    while (!isOver) {
      const response = await fetch(origin + newGrid(), GREEDY);
      await response.arrayBuffer();
      grids[response.status]++;
      if (response.status === 503) await setTimeout(100);
    }
  };
  const greedy = Array.from({ length: loops }, loop);
  await setTimeout(1000);
  const start = performance.now();
  const times = await timesBeside(origin, images);
  const seconds = (performance.now() - start) / 1000;
  isOver = true;
  await Promise.all(greedy);
  console.log(
    `an image while another client asks for grids of 13 in ${loops} loops: ${summary(times)} (alone ${alone.toFixed(1)} ms); ` +
      `${(grids[200] / seconds).toFixed(2)} grids/s for the other, ${grids[503]} x 503`,
  );
}

console.log(`${machine()}; ${IMAGES} images`);
await buildSite();
const worker = await startBareWorker(bundleForWorkerd(scratchFolder("load")));
try {
  const { origin } = worker;
  await run(origin, { path: newImage, connections: 4, amount: Math.min(500, IMAGES) });
  const before = await quiet(origin);
  console.log(`at rest: ${before.toFixed(1)} ms for a new image; memory ${megabytes()}`);

  const measured = async (name: string, load: Load): Promise<autocannon.Result> => {
    let result: autocannon.Result | undefined;
    const cpu = await cpuOf(async () => {
      result = await run(origin, load);
    });
    report(name, result!, cpu);
    return result!;
  };
  const { requests } = await measured("new images", { path: newImage, connections: 8, amount: IMAGES });
  await measured("kept images", { path: () => "/sample?seed=kept", connections: 8, amount: IMAGES });
  const overallRate = Math.ceil(2 * requests.average);
  await measured("new images, twice what it can do", { path: newImage, connections: 128, overallRate, duration: SECONDS });
  await setTimeout(1000);
  console.log(
    `a second later: ${(await quiet(origin)).toFixed(1)} ms for a new image (before: ${before.toFixed(1)} ms); memory ${megabytes()}`,
  );
  await fairness(origin);
} finally {
  await worker.stop();
}
