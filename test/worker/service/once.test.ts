/** Equal requests at the same time. */
import { expect, it } from "vitest";
import type { Runtime } from "../../../wasm-model/index.ts";
import { defaultCost } from "../../../worker/service/settings.ts";
import { addsNothing } from "../../support/random-model.ts";
import { ask } from "../worker.ts";
import { countingService, EVALUATIONS, from, LEAST_RATE, SHIPPED, service } from "./service.ts";

it("draw once and give all the same bytes", async () => {
  const { runtime, evaluations } = await countingService();
  const ask = service({ cache: caches.default }, { runtime });
  const paths = ["/sample?seed=flight&n=9", "/v1/avatars/flight.png?n=9"];
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(paths[i % 2], from(`192.0.2.${i}`))));
  expect(evaluations()).toBe(9 * EVALUATIONS);
  const files = await Promise.all(answers.map((answer) => answer.bytes()));
  for (const one of files) expect(one).toEqual(files[0]);
  expect(files[0].length).toBeGreaterThan(1000);
});

it("are taken over by another when the one that draws disconnects", async () => {
  const clients = Array.from({ length: 4 }, () => new AbortController());
  const { ask, evaluations } = await countingService((count) => {
    if (count === 5 * EVALUATIONS) clients[0].abort();
  });
  const answers = await Promise.all(clients.map(({ signal }) => ask("/sample?seed=left&n=9", { signal })));
  expect(answers.map(({ status }) => status)).toEqual([499, 200, 200, 200]);
  expect(evaluations()).toBeLessThanOrEqual(6 * EVALUATIONS + 9 * EVALUATIONS);
  const [first, ...others] = await Promise.all(answers.slice(1).map((answer) => answer.bytes()));
  for (const other of others) expect(other).toEqual(first);
});

it("do not wait for one that disconnected while it waited", async () => {
  const client = new AbortController();
  const { ask, evaluations } = await countingService((count) => {
    if (count === 5 * EVALUATIONS) client.abort();
  });
  const [drawn, left] = await Promise.all([ask("/sample?seed=waits&n=9"), ask("/sample?seed=waits&n=9", { signal: client.signal })]);
  expect([drawn.status, left.status, evaluations()]).toEqual([200, 499, 9 * EVALUATIONS]);
});

it("ask for themselves if the one that draws may not", async () => {
  const ask = service({ rateLimit: LEAST_RATE });
  await ask("/sample?seed=spent", from("192.0.2.1"));
  const [refused, drawn] = await Promise.all([
    ask("/sample?seed=refused", from("192.0.2.1")),
    ask("/sample?seed=refused", from("192.0.2.2")),
  ]);
  expect([refused.status, drawn.status]).toEqual([429, 200]);
});

it("count as in flight while they wait, so that one client cannot fill the memory: more are refused at once", async () => {
  let open = (): void => undefined;
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  const denoise = async (x: Float32Array) => isOpen.then(() => x);
  const runtime: Runtime = { load: async ({ card: { spec } }) => ({ spec, denoise, enlarge: addsNothing, dispose() {} }) };
  const ask = service({}, { runtime });
  const draw = (address: string) => ask("/sample?seed=many-wait", from(address));
  const most = Math.floor(50e9 / defaultCost(SHIPPED[0].card));
  const answers = Array.from({ length: most + 2 }, () => draw("192.0.2.1"));
  const other = draw("192.0.2.2");
  expect((await Promise.all(answers.slice(most))).map(({ status }) => status)).toEqual([503, 503]);
  open();
  const statuses = await Promise.all([...answers.slice(0, most), other].map(async (answer) => (await answer).status));
  expect(statuses).toEqual(Array(most + 1).fill(200));
  const again = await Promise.all(Array.from({ length: 100 }, () => ask("/sample?seed=many-more", from("192.0.2.1"))));
  expect(again.map(({ status }) => status)).toEqual(Array(100).fill(200));
});

/**
 * Here each is a request of its own to the platform, so that no promise of one settles for another unless the Worker
 * takes care.
 */
it("requests to the Worker: are taken over by another when the one that draws disconnects", async () => {
  const client = new AbortController();
  const path = "/sample?seed=platform-left&n=12";
  const first = ask(path, { signal: client.signal }).catch(({ name }: Error) => name);
  const others = Array.from({ length: 5 }, () => ask(path));
  await scheduler.wait(30);
  client.abort();
  expect(await first).toBe("AbortError");
  const answers = await Promise.all(others);
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
  const [one, ...same] = await Promise.all(answers.map((answer) => answer.bytes()));
  for (const file of same) expect(file).toEqual(one);
});
