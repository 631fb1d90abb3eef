/**
 * `npm run bench -- workerd`: what an image costs in workerd, seen from outside, for Date.now() stands still there: the
 * CPU time that the system counts for the process, over many requests, minus that of as many cheap ones. It runs what
 * would be deployed, without the development server. Linux only.
 */
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { meanOf } from "../../training/network/held-out.ts";
import { type CroppedShape, nativeShape } from "../../wasm-model/model/card.ts";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { BYTE_COST, IMAGE_COST } from "../../wasm-model/render/cost.ts";
import { buildSite } from "../../worker/node/build.ts";
import { bundleForWorkerd, startBareWorker } from "../support/bare-worker.ts";
import { scratchFolder } from "../support/scratch.ts";
import type { RunningWorker } from "../support/start-worker.ts";
import { cpuOf, cpuTime, machine, writeFigures } from "./measure.ts";

const {
  model: MODEL,
  size: SIZE,
  requests: REQUESTS,
  restarts: RESTARTS,
  costs: COSTS,
  json: JSON_FILE,
} = newCommand("bench workerd")
  .description("Measures the CPU time of a default image in workerd, and of the first one of a process.")
  .option("--model <name>", "the shipped model", DEFAULT_MODEL)
  .option("--size <n>", "width of the images, larger than native ones by the enlarger (default: native)")
  .option("--requests <n>", "images", numberIn("requests", 1, 1e6), 300)
  .option("--restarts <n>", "processes that draw their first image", numberIn("restarts", 1, 1000), 20)
  .option("--costs", "only measure what IMAGE_COST and BYTE_COST (wasm-model/render/cost.ts) should be")
  .option("--json <file>", "also write the figures, as test/bench/figures has them for the README")
  .parse(process.argv)
  .opts<{ model: string; size?: string; requests: number; restarts: number; costs?: true; json?: string }>();

console.log(machine());
await buildSite();
const bundle = bundleForWorkerd(scratchFolder("workerd"));
if (COSTS) await costs();
else {
  const { image, evaluations } = await warm();
  const firstImage = await cold();
  if (JSON_FILE !== undefined) writeFigures(JSON_FILE, { model: MODEL, evaluations, image, firstImage });
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
  const [first, startUp] = [meanOf(firstImages), meanOf(startUps)];
  console.log(
    `first image of a fresh process: ${first.toFixed(1)} ms of CPU (mean of ${RESTARTS}), after ${startUp.toFixed(1)} ms of start-up`,
  );
  return first;
}

/**
 * Prints the CPU of images of several kinds, which take turns, beside their X-Cost, and the constants of X-Cost that the
 * first four give. All of a request counts, also what `warm` subtracts.
 */
async function costs(): Promise<void> {
  const worker = await startBareWorker(bundle);
  try {
    const { models } = (await (await fetch(`${worker.origin}/v1/models`)).json()) as { models: (CroppedShape & { name: string })[] };
    const { width } = nativeShape(models.find(({ name }) => name === MODEL)!);
    const queries = ["steps=2", "steps=10", `steps=2&size=${2 * width}`, `steps=2&size=${8 * width}`];
    const others = [`steps=2&size=${8 * width}&enlarge=pixels`, "steps=2&n=4", "", "size=128"];
    const kinds = [...queries, ...others].map((query) => ({ query, ms: 0, counted: 0 }));
    const rounds = Math.ceil(REQUESTS / 10);
    for (let round = -5; round < rounds; round++) {
      for (const kind of kinds) {
        const ms = await cpuOf(async () => {
          for (let i = 0; i < 10; i++) kind.counted = Number((await draw(worker, `${round}.${i}`, kind.query)).headers.get("X-Cost"));
        });
        if (round >= 0) kind.ms += ms / 10 / rounds; // compilers warm up before
      }
    }
    const [few, many, small, large] = kinds;
    const speed = (many.counted - few.counted) / (many.ms - few.ms); // of evaluations
    console.log(`${MODEL}: evaluations at ${(speed / 1e6).toFixed(1)} MMAC/ms\n${"".padEnd(34)}CPU, ms   CPU as MMAC   X-Cost, MMAC`);
    for (const { query, ms, counted } of kinds) {
      const [taken, cost] = [ms * speed, counted].map((macs) => (macs / 1e6).toFixed(0));
      console.log((query || "default").padEnd(34) + ms.toFixed(2).padStart(7) + taken.padStart(14) + cost.padStart(15));
    }
    // The large image has 60 times the native number of pixels more than the small one, which has 3 times more than `few`.
    const native = { counted: (large.counted - small.counted) / 60, taken: ((large.ms - small.ms) * speed) / 60 };
    const image = IMAGE_COST + (few.ms * speed - few.counted) - (native.taken - native.counted);
    const enlarger = { counted: small.counted - few.counted - 3 * native.counted, taken: (small.ms - few.ms) * speed - 3 * native.taken };
    console.log(`IMAGE_COST: ${(image / 1e6).toFixed(1)} million (now ${IMAGE_COST / 1e6})`);
    console.log(`BYTE_COST: ${((BYTE_COST * native.taken) / native.counted).toFixed(0)} (now ${BYTE_COST})`);
    console.log(`the enlarger: ${(enlarger.taken / 1e6).toFixed(1)} million (counted as ${(enlarger.counted / 1e6).toFixed(1)})`);
  } finally {
    await worker.stop();
  }
}

function draw({ origin }: RunningWorker, seed: string | number, query = SIZE === undefined ? "" : `size=${SIZE}`): Promise<Response> {
  return get(`${origin}/sample?model=${MODEL}&seed=${seed}&${query}`);
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`Expected an answer from ${url} but received status ${response.status}`);
  return response;
}
