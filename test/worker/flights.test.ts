/** Equal requests at the same time. */
import { expect, it } from "vitest";
import { countingApp, from } from "./counting.ts";

const file = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer());

it.each([{}, { EDGE_CACHE: true }])("draw once and give the same bytes to all: %o", async (bindings) => {
  const { ask, evaluations } = await countingApp();
  const seed = `flight-${Object.keys(bindings)}`;
  const paths = [`/sample?seed=${seed}&n=9`, `/v1/fashion-mnist/${seed}.png?n=9`];
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(paths[i % 2], from(`192.0.2.${i}`), bindings)));
  expect(evaluations()).toBe(72);
  const timings = answers.map(({ headers }) => headers.get("Server-Timing"));
  expect(timings.filter((timing) => timing?.startsWith('cache;desc="none"')).length).toBe(1);
  expect(timings.filter((timing) => timing === 'cache;desc="isolate", cost;desc="0"').length).toBe(11);
  const files = await Promise.all(answers.map(file));
  for (const one of files) expect(one).toEqual(files[0]);
  expect(files[0].length).toBeGreaterThan(1000);
});

it("go on with another when the one that draws disconnects", async () => {
  const clients = Array.from({ length: 4 }, () => new AbortController());
  const { ask, evaluations } = await countingApp((count) => {
    if (count === 40) clients[0].abort();
  });
  const answers = await Promise.all(clients.map(({ signal }) => ask("/sample?seed=left&n=9", { signal })));
  expect(answers.map(({ status }) => status)).toEqual([499, 200, 200, 200]);
  expect(evaluations()).toBeLessThanOrEqual(48 + 72);
  const [first, ...others] = await Promise.all(answers.slice(1).map(file));
  for (const other of others) expect(other).toEqual(first);
});

it("do not wait for one that has disconnected while it waited", async () => {
  const client = new AbortController();
  const { ask, evaluations } = await countingApp((count) => {
    if (count === 40) client.abort();
  });
  const [drawn, left] = await Promise.all([ask("/sample?seed=waits&n=9"), ask("/sample?seed=waits&n=9", { signal: client.signal })]);
  expect([drawn.status, left.status, evaluations()]).toEqual([200, 499, 72]);
});

it("ask for themselves when the one that draws may not", async () => {
  const { ask } = await countingApp();
  const bindings = { COST_RATE: 1e6 };
  await ask("/sample?seed=spent", from("192.0.2.1"), bindings);
  const [refused, drawn] = await Promise.all([
    ask("/sample?seed=refused", from("192.0.2.1"), bindings),
    ask("/sample?seed=refused", from("192.0.2.2"), bindings),
  ]);
  expect([refused.status, drawn.status]).toEqual([429, 200]);
});
