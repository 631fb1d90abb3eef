/** The Worker on onnxruntime, as wrangler's environment `onnxruntime` runs it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { pngDifference, RUNTIME_TOLERANCE } from "../support/pixels.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";

let workers: RunningWorker[] = [];

beforeAll(async () => {
  workers = await Promise.all([startWorker(), startWorker("--env", "onnxruntime")]);
});

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
});

it("draws what our engine draws, within the tolerance, also for simultaneous requests", async () => {
  const [simd, ...onnxruntime] = await Promise.all([workers[0], workers[1], workers[1], workers[1]].map(draw));
  for (const image of onnxruntime) expect(pngDifference(image, simd)).toBeLessThan(RUNTIME_TOLERANCE);
});

async function draw({ origin }: RunningWorker): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(`${origin}/sample?seed=7&class=Bag`)).arrayBuffer());
}
