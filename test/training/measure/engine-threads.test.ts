/**
 * The engine on several threads against the engine on one: images of a batch are the same bytes wherever they are
 * computed.
 */

import { describe, expect, it, onTestFinished } from "vitest";
import { simdOnThreads } from "../../../training/measure/engine-threads.ts";
import { type Denoiser, loadModel } from "../../../wasm-model/index.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { simd } from "../../../wasm-model/runtime/simd.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

const model = randomModelFile(TINY, 5, "int8");

async function load(others: number): Promise<Denoiser> {
  const denoiser = await simdOnThreads(others).load(readModel(model));
  onTestFinished(async () => {
    await denoiser.dispose();
  });
  return denoiser;
}

/** A batch of so many images. */
function batch(
  { spec: { channels, height, width, classes } }: Denoiser,
  count: number,
  sigma: number,
): [Float32Array, number, Float32Array] {
  const x = Float32Array.from({ length: count * channels * height * width }, (_, i) => ((i * 37) % 101) / 50 - 1);
  return [x, sigma, Float32Array.from({ length: count * classes }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0))];
}

describe("simdOnThreads", () => {
  it.each([0, 1, 3])("denoises as one engine does, with %i more threads", async (others) => {
    const one = await simd.load(readModel(model));
    const several = await load(others);
    expect(several.spec).toEqual(one.spec);
    for (const count of [1, 2, 3, 8])
      expect(await several.denoise(...batch(one, count, 0.7))).toEqual(await one.denoise(...batch(one, count, 0.7)));
  });

  it("gives each of several calls its own answer", async () => {
    const one = await simd.load(readModel(model));
    const several = await load(2);
    const sigmas = [0.1, 1, 10, 0.5];
    const answers = await Promise.all(sigmas.map((sigma) => several.denoise(...batch(one, 5, sigma))));
    for (const [i, sigma] of sigmas.entries()) expect(answers[i]).toEqual(await one.denoise(...batch(one, 5, sigma)));
  });

  it("says what is wrong with a file, as one engine does", async () => {
    await expect(loadModel(model.slice(0, 1000), { runtime: simdOnThreads(1) })).rejects.toThrow("Expected");
  });
});
