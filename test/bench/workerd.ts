/**
 * `npm run bench -- workerd`: what an image costs in workerd, seen from outside, for Date.now() stands still there: the
 * CPU time that the system counts for the process, over many requests, minus that of as many cheap ones. It runs what
 * would be deployed, without the development server. Linux only.
 */
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { buildSite } from "../../worker/node/build.ts";
import { bundleForWorkerd, removeBundle, startBareWorker } from "../support/bare-worker.ts";
import type { RunningWorker } from "../support/start-worker.ts";
import { cpuOf, cpuTime, machine, writeFigures } from "./measure.ts";

const {
  model: MODEL,
  size: SIZE,
  requests: REQUESTS,
  restarts: RESTARTS,
  json: JSON_FILE,
} = newCommand("bench workerd")
  .description("Measures the CPU time of a default image in workerd, and of the first one of a process.")
  .option("--model <name>", "the shipped model", "avatars")
  .option("--size <n>", "width of the images, larger than native ones by the enlarger (default: native)")
  .option("--requests <n>", "images", numberIn("requests", 1, 1e6), 300)
  .option("--restarts <n>", "processes that draw their first image", numberIn("restarts", 1, 1000), 20)
  .option("--json <file>", "also write the figures, as test/bench/figures has them for the README")
  .parse(process.argv)
  .opts<{ model: string; size?: string; requests: number; restarts: number; json?: string }>();

console.log(machine());
await buildSite();
const bundle = bundleForWorkerd();
try {
  const { image, evaluations } = await warm();
  const firstImage = await cold();
  if (JSON_FILE !== undefined) writeFigures(JSON_FILE, { evaluations, image, firstImage });
} finally {
  removeBundle(bundle);
}

/** CPU per image once everything is compiled. */
async function warm(): Promise<{ readonly image: number; readonly evaluations: number }> {
  const worker = await startBareWorker(bundle);
  try {
    const { headers } = await draw(worker, "warm");
    for (let i = 0; i < REQUESTS; i++) await draw(worker, `warm-${i}`);
    const images = await cpuOf(async () => {
      for (let i = 0; i < REQUESTS; i++) await draw(worker, i);
    });
    const cheap = await cpuOf(async () => {
      for (let i = 0; i < REQUESTS; i++) await get(`${worker.origin}/v1/models?${i}`);
    });
    const perImage = (images - cheap) / REQUESTS;
    const nfe = Number(headers.get("X-NFE"));
    console.log(
      `default image of ${MODEL}${SIZE === undefined ? "" : ` at ${SIZE} pixels`} (${nfe} evaluations, PNG): ${perImage.toFixed(2)} ms of CPU, over ${REQUESTS} requests`,
    );
    console.log(`a cheap request, subtracted: ${(cheap / REQUESTS).toFixed(2)} ms`);
    return { image: perImage, evaluations: nfe };
  } finally {
    await worker.stop();
  }
}

/** CPU of the first image of a fresh process, beyond its start-up. */
async function cold(): Promise<number> {
  const startUps: number[] = [];
  const firstImages: number[] = [];
  for (let i = 0; i < RESTARTS; i++) {
    const worker = await startBareWorker(bundle);
    try {
      const cheap = await cpuOf(() => get(`${worker.origin}/v1/models?cheap`));
      startUps.push(cpuTime());
      firstImages.push((await cpuOf(() => draw(worker, i))) - cheap);
    } finally {
      await worker.stop();
    }
  }
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [first, startUp] = [mean(firstImages), mean(startUps)];
  console.log(
    `first image of a fresh process: ${first.toFixed(1)} ms of CPU (mean of ${RESTARTS}), after ${startUp.toFixed(1)} ms of start-up`,
  );
  return first;
}

function draw({ origin }: RunningWorker, seed: string | number): Promise<Response> {
  return get(`${origin}/sample?model=${MODEL}&seed=${seed}${SIZE === undefined ? "" : `&size=${SIZE}`}`);
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`Expected an answer from ${url} but received status ${response.status}`);
  return response;
}
