/** Equal requests at the same time. */
import { expect, it } from "vitest";
import { DEFAULT_MODEL } from "../../../wasm-model/model/model.ts";
import { ask } from "../worker.ts";
import { countingService, EVALUATIONS, from, service } from "./service.ts";

it("draw once and give all the same bytes", async () => {
  const { runtime, evaluations } = await countingService();
  const ask = service({ cache: caches.default }, { runtime });
  const paths = ["/sample?seed=flight&n=9", `/v1/${DEFAULT_MODEL}/flight.png?n=9`];
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(paths[i % 2], from(`192.0.2.${i}`))));
  expect(evaluations()).toBe(9 * EVALUATIONS);
  const files = await Promise.all(answers.map((answer) => answer.bytes()));
  for (const one of files) expect(one).toEqual(files[0]);
  expect(files[0].length).toBeGreaterThan(1000);
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
