/** A client that leaves: its work ends with the next turn of the event loop. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { loadModel } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../worker/app.ts";
import { BUNDLED } from "../../worker/models/bundled.ts";
import { ReadyModels } from "../../worker/models/ready.ts";

it("is not drawn for any longer", async () => {
  const client = new AbortController();
  let evaluations = 0;
  const { card, denoiser, ...model } = { ...BUNDLED[0], ...(await loadModel(BUNDLED[0].file, { runtime: simd })) };
  const counting = {
    ...denoiser,
    denoise(x: Float32Array, sigma: number, labels: Float32Array) {
      if (++evaluations === 20) client.abort();
      return denoiser.denoise(x, sigma, labels);
    },
  };
  const app = createApp(new ReadyModels([{ ...model, card, denoiser: counting }]));
  const response = await app.fetch(new Request("https://anneal.example/sample?seed=7&sampler=ald&steps=4", { signal: client.signal }), env);
  expect(response.status).toBe(499);
  expect(evaluations).toBeGreaterThanOrEqual(20);
  expect(evaluations).toBeLessThan(40); // of 4 x stepsPerLevel
});
