/** Many clients at once, each with one image to draw: against workerd as it is deployed. */
import { request } from "node:http";
import { expect, it } from "vitest";
import { bundleForWorkerd, removeBundle, startBareWorker } from "../support/bare-worker.ts";

const CLIENTS = 400;

it(`${CLIENTS} of them are answered one by one while the rest are drawn, not all at the end`, async () => {
  const bundle = bundleForWorkerd();
  const worker = await startBareWorker(bundle);
  const start = performance.now();
  const answered = (client: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { "CF-Connecting-IP": `10.0.${client >> 8}.${client & 255}` };
      request(`${worker.origin}/sample?seed=burst-${client}`, { agent: false, headers }, (response) => {
        expect(response.statusCode).toBe(200);
        response.resume().on("end", () => resolve(performance.now() - start));
      })
        .on("error", reject)
        .end();
    });
  const times = await Promise.all(Array.from({ length: CLIENTS }, (_, client) => answered(client)));
  await worker.stop();
  removeBundle(bundle);
  times.sort((a, b) => a - b);
  const share = (quantile: number): number => times[Math.floor(quantile * CLIENTS)] / times[CLIENTS - 1];
  expect(share(0.1)).toBeLessThan(0.4); // 0.15; at the end 0.8
  expect(share(0.5)).toBeLessThan(0.75); // 0.55; at the end 0.95
});
