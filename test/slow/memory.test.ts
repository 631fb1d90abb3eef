/**
 * Memory of the Worker's isolate, of the Worker as it is deployed, by workerd's inspector: Cloudflare gives an isolate
 * 128 MB. `npm run bench -- growth` prints more.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { inspected } from "../bench/inspector.ts";
import { MIXES } from "../bench/mixes.ts";
import { bundleForWorkerd, removeBundle } from "../support/bare-worker.ts";

/** Bytes of heap and buffers, garbage included. */
const MOST = 100e6;
/** Images of a round, and bytes that one may leave behind: its file in the isolate's own cache. */
const IMAGES = 2000;
const LEFT = 2000;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

let bundle: string;

beforeAll(() => {
  bundle = bundleForWorkerd();
});

afterAll(() => removeBundle(bundle));

it("is at most 100 MB under the worst mixes of requests, all of which are answered or refused", () =>
  inspected(bundle, async (origin, inspector) => {
    for (const [name, mix] of Object.entries(MIXES)) {
      const statuses = new Set<number | undefined>();
      await inspector.collectGarbage();
      const { heap, buffers } = await inspector.peak(() => mix({ origin, answered: (status) => statuses.add(status) }));
      console.log(`${name}: ${megabytes(heap + buffers)} (heap ${megabytes(heap)}, buffers ${megabytes(buffers)})`);
      expect(heap + buffers, name).toBeLessThanOrEqual(MOST);
      expect([200, 400, 503], name).toEqual(expect.arrayContaining([...statuses]));
    }
  }));

it("does not grow with the number of drawn images, once garbage is collected", () =>
  inspected(bundle, async (origin, inspector) => {
    const sizes: number[] = [];
    for (let round = 0; round < 3; round++) {
      await drawMany(origin, `round-${round}`);
      await inspector.collectGarbage();
      const { heap, buffers } = await inspector.memory();
      sizes.push(heap + buffers);
    }
    console.log(`after each ${IMAGES} images: ${sizes.map(megabytes).join(", ")}`);
    expect(sizes[2] - sizes[0]).toBeLessThan(2 * IMAGES * LEFT);
  }));

async function drawMany(origin: string, seed: string): Promise<void> {
  for (let i = 0; i < IMAGES; i += 100) {
    const burst = Array.from({ length: 100 }, async (_, j) => {
      const headers = { "CF-Connecting-IP": `192.0.2.${j}` }; // or the limits of one client would bound the burst
      const response = await fetch(`${origin}/sample?steps=1&seed=${seed}-${i + j}`, { headers });
      await response.arrayBuffer();
      expect(response.status).toBe(200);
    });
    await Promise.all(burst);
  }
}
