/** A client that leaves: its work ends with the next turn of the event loop. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Runtime } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../worker/app.ts";
import { ReadyModels } from "../../worker/models/ready.ts";
import { ENTRIES, FIRST } from "../../worker/models/served.ts";

it("is not drawn for any longer", async () => {
  const client = new AbortController();
  let evaluations = 0;
  const denoiser = await simd.load(FIRST);
  const counting: Runtime = {
    name: "counting",
    load: async () => ({
      spec: denoiser.spec,
      denoise(x, sigma, labels) {
        if (++evaluations === 20) client.abort();
        return denoiser.denoise(x, sigma, labels);
      },
      dispose() {},
    }),
  };
  const read = async () => new Response(FIRST);
  const app = createApp(new ReadyModels({ entries: ENTRIES, runtime: counting, read }));
  const response = await app.fetch(new Request("https://anneal.example/sample?seed=7&sampler=ald&steps=4", { signal: client.signal }), env);
  expect(response.status).toBe(499);
  expect(evaluations).toBeGreaterThanOrEqual(20);
  expect(evaluations).toBeLessThan(40); // of 4 x stepsPerLevel
});
