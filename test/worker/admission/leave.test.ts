/**
 * Clients that disconnect: their work ends with the next turn of the event loop, and what has not begun does not begin.
 */
import { expect, it } from "vitest";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { countingApp, EVALUATIONS } from "../counting.ts";

const image = encodePng({ pixels: new Uint8Array(3072), width: 32, height: 32, channels: 3 });

const IMAGES = 9;

/** Each with what an image of it needs. */
const requests: [string, (seed: number) => string, RequestInit, number][] = [
  ["GET", (seed) => `/sample?seed=left-${seed}&n=${IMAGES}`, {}, EVALUATIONS],
  [
    "POST",
    (seed) => `/v1/avatars/variations?seed=${seed}&n=${IMAGES}`,
    { method: "POST", body: image, headers: { "Content-Type": "image/png" } },
    EVALUATIONS,
  ],
];

it("are no longer drawn for", async () => {
  const client = new AbortController();
  const { ask, evaluations } = await countingApp((count) => {
    if (count === 20) client.abort();
  });
  const response = await ask("/sample?seed=7&sampler=ald&steps=4", { signal: client.signal });
  expect(response.status).toBe(499);
  expect(evaluations()).toBeGreaterThanOrEqual(20);
  expect(evaluations()).toBeLessThan(40); // of 4 x stepsPerLevel
});

it.each(requests)(
  "cost one turn at most, however many %s requests there were, and leave room for the next client",
  async (_, path, init, each) => {
    const { ask, evaluations } = await countingApp();
    const clients = Array.from({ length: 100 }, () => new AbortController());
    const answers = clients.map((client, i) => ask(path(i), { ...init, signal: client.signal }));
    for (const client of clients) client.abort();
    await Promise.all(answers.map((answer) => answer.then(({ body }) => body?.cancel())));
    expect(evaluations()).toBeLessThanOrEqual(16);
    const before = evaluations();
    const next = await Promise.all([0, 1, 2, 3, 4].map((seed) => ask(path(seed), init))); // more would not fit if any were still in flight
    expect(next.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(evaluations() - before).toBe(5 * IMAGES * each);
  },
);

it("cost nothing if they left before their work began", async () => {
  const { ask, evaluations } = await countingApp();
  for (const [, path, init] of requests) await ask(path(0), { ...init, signal: AbortSignal.abort() });
  expect(evaluations()).toBe(0);
});
