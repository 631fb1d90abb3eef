/** Memory of the Worker's isolate, of the Worker as it is deployed, by workerd's inspector: Cloudflare gives an isolate 128 MB. */
import { beforeAll, expect, it } from "vitest";
import { bundleForWorkerd, through } from "../support/bare-worker.ts";
import { temporaryFolder } from "../support/files.ts";
import { inspected } from "../support/inspector.ts";
import { MIXES } from "../support/mixes.ts";

/** Bytes of heap and buffers, garbage included. */
const MOST = 100e6;
/** Images of a round, and bytes that one may leave behind: its file in the isolate's own cache. */
const IMAGES = 2000;
const LEFT = 2000;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const bundle = temporaryFolder("workerd");

beforeAll(() => bundleForWorkerd(bundle));

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

it("does not grow with the number of images and other answers, once garbage is collected", () =>
  inspected(bundle, async (origin, inspector) => {
    const sizes: number[] = [];
    for (let round = 0; round < 3; round++) {
      await askMany(origin, `round-${round}`);
      await inspector.collectGarbage();
      const { heap, buffers } = await inspector.memory();
      sizes.push(heap + buffers);
    }
    console.log(`after each ${IMAGES} images and other answers: ${sizes.map(megabytes).join(", ")}`);
    expect(sizes[2] - sizes[0]).toBeLessThan(2 * IMAGES * LEFT);
  }));

/** Each kind of answer that takes no drawing: 404, 400, 410, JSON. */
const OTHERS: readonly ((id: string) => string)[] = [
  (id) => `/nowhere/${id}`,
  (id) => `/sample?steps=1&sampler=${id}`,
  (id) => `/v1/fashion-mnist@${"0".repeat(32)}/${id}.png`,
  () => "/v1/models",
];

/** Asks for images, and for as many other answers. */
async function askMany(origin: string, round: string): Promise<void> {
  const ask = async (path: string, client: number): Promise<number> => {
    const headers = through(`192.0.2.${client}`); // or the limits of one client would bound the burst
    const response = await fetch(origin + path, { headers });
    await response.arrayBuffer();
    return response.status;
  };
  for (let i = 0; i < IMAGES; i += 100) {
    const burst = Array.from({ length: 100 }, async (_, j) => {
      const id = `${round}-${i + j}`;
      expect(await ask(`/sample?steps=1&seed=${id}`, j)).toBe(200);
      expect(await ask(OTHERS[j % OTHERS.length](id), j)).toBeLessThan(500);
    });
    await Promise.all(burst);
  }
}
