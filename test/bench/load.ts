/**
 * `npm run bench -- load [images]`: the Worker under load on this machine: images that it must draw and images that it has, for eight
 * clients at full speed; then what an image takes beside a client that asks for as much as it can. Prints requests per second, CPU per
 * image, memory of its process and latencies. It runs what would be deployed, without the development server.
 */
import { setTimeout } from "node:timers/promises";
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { buildSite } from "../../worker/node/build.ts";
import { bundleForWorkerd, startBareWorker, through } from "../support/bare-worker.ts";
import { scratchFolder } from "../support/scratch.ts";
import { cpuOf, machine, residentMemory } from "./measure.ts";

const { processedArgs } = newCommand("bench load")
  .description("Measures the Worker under load: throughput, CPU, memory and fairness.")
  .argument("[images]", "of each kind", numberIn("images", 1, 1e7), 20_000)
  .parse(process.argv);
const [IMAGES] = processedArgs as [number];

let drawn = 0;
const newImage = () => `/sample?seed=load-${process.pid}-${drawn++}`;
/** The costliest request: a grid of 13 images by `avatars`. */
const newGrid = () => `/sample?n=13&model=avatars&seed=${process.pid}-${drawn++}`;

const memory = (): string => `memory ${(residentMemory() / 2 ** 20).toFixed(0)} MB`;

console.log(`${machine()}; ${IMAGES} images`);
await buildSite();
const { origin, stop } = await startBareWorker(bundleForWorkerd(scratchFolder("load")));
try {
  await load(newImage, Math.min(500, IMAGES));
  console.log(`at rest: ${summary(await times(20))}; ${memory()}`);
  for (const [name, path] of [["new images", newImage] as const, ["kept images", () => "/sample?seed=kept"] as const]) {
    const start = performance.now();
    const cpu = await cpuOf(() => load(path, IMAGES));
    const each = `${((1000 * IMAGES) / (performance.now() - start)).toFixed(0)} requests/s; ${(cpu / IMAGES).toFixed(2)} ms of CPU per image`;
    console.log(`${name}: ${each}; ${memory()}`);
  }
  await fairness();
} finally {
  await stop();
}

/** The status of an answer to this client, which is read. */
async function get(path: string, address: string): Promise<number> {
  const response = await fetch(origin + path, { headers: through(address) });
  await response.arrayBuffer();
  return response.status;
}

async function image(path: string, address: string): Promise<void> {
  const status = await get(path, address);
  if (status !== 200) throw new Error(`Expected an image but received status ${status}`);
}

/** Asks for so many images, as eight clients. */
async function load(path: () => string, images: number): Promise<void> {
  let left = images;
  const client = async (address: string): Promise<void> => {
    while (left-- > 0) await image(path(), address);
  };
  await Promise.all(Array.from({ length: 8 }, (_, i) => client(`192.0.2.${100 + i}`)));
}

/** Milliseconds that each new image takes for a client which asks every 100 ms. */
async function times(images: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < images; i++) {
    const began = performance.now();
    await image(newImage(), "192.0.2.2");
    times.push(performance.now() - began);
    await setTimeout(100);
  }
  return times.sort((a, b) => a - b);
}

function summary(sorted: readonly number[]): string {
  return `a new image takes ${sorted[sorted.length >> 1].toFixed(1)} ms in the middle, ${sorted.at(-1)!.toFixed(1)} ms at most`;
}

/** One client asks for grids in 17 loops, another one for images. Prints how long those take, and who got what. */
async function fairness(): Promise<void> {
  let isOver = false;
  const grids: Record<number, number> = { 200: 0, 503: 0 };
  const greedy = Array.from({ length: 17 }, async () => {
    while (!isOver) {
      const status = await get(newGrid(), "192.0.2.1");
      grids[status]++;
      if (status === 503) await setTimeout(100);
    }
  });
  await setTimeout(1000);
  const beside = summary(await times(100));
  isOver = true;
  await Promise.all(greedy);
  console.log(`while another client asks for grids of 13 in 17 loops: ${beside}; ${grids[200]} grids for the other, ${grids[503]} x 503`);
}
