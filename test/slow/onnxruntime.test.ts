/** The Worker on onnxruntime, as wrangler's environment `onnxruntime` runs it. */
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { pngDifference, RUNTIME_TOLERANCE } from "../support/pixels.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";

let worker: RunningWorker;

beforeAll(async () => {
  worker = await startWorker("--env", "onnxruntime");
});

afterAll(() => worker?.stop());

it("draws what our engine draws, within the tolerance, also for simultaneous requests", async () => {
  const [simd, ...onnxruntime] = await Promise.all([inject("origin"), worker.origin, worker.origin, worker.origin].map(draw));
  for (const image of onnxruntime) expect(pngDifference(image, simd)).toBeLessThan(RUNTIME_TOLERANCE);
});

async function draw(origin: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(`${origin}/sample?seed=7&class=robot`)).arrayBuffer());
}
