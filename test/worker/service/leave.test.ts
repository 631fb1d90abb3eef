/**
 * Clients that disconnect: their work ends with the next turn of the event loop, and what has not begun does not begin.
 */
import { expect, it } from "vitest";
import { countingService, EVALUATIONS } from "./service.ts";

const IMAGES = 9;

const path = (seed: number): string => `/sample?seed=left-${seed}&n=${IMAGES}`;

it("are no longer drawn for", async () => {
  const client = new AbortController();
  const { ask, evaluations } = await countingService((count) => {
    if (count === 20) client.abort();
  });
  const response = await ask("/sample?seed=7&sampler=ald&steps=4", { signal: client.signal });
  expect(response.status).toBe(499);
  expect(evaluations()).toBeGreaterThanOrEqual(20);
  expect(evaluations()).toBeLessThan(40); // of 4 x stepsPerLevel
});

it("cost one turn at most, however many requests there were, and leave room for the next client", async () => {
  const { ask, evaluations } = await countingService();
  const clients = Array.from({ length: 100 }, () => new AbortController());
  const answers = clients.map((client, i) => ask(path(i), { signal: client.signal }));
  for (const client of clients) client.abort();
  await Promise.all(answers.map((answer) => answer.then(({ body }) => body?.cancel())));
  expect(evaluations()).toBeLessThanOrEqual(16);
  const before = evaluations();
  const next = await Promise.all([0, 1, 2, 3, 4].map((seed) => ask(path(seed)))); // more would not fit if any were still in flight
  expect(next.map(({ status }) => status)).toEqual(Array(5).fill(200));
  expect(evaluations() - before).toBe(5 * IMAGES * EVALUATIONS);
});

it("cost nothing if they left before their work began", async () => {
  const { ask, evaluations } = await countingService();
  await ask(path(0), { signal: AbortSignal.abort() });
  expect(evaluations()).toBe(0);
});
