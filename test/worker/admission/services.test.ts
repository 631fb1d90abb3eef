/** Several services in one process. */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { anneal } from "../../../worker/hono.workerd.ts";
import type { AnnealOptions } from "../../../worker/http/hono-options.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

const model = randomModelFile(TINY, 1, "int8");

/** Of one client, who may spend one image in a minute. */
function service(options: Partial<AnnealOptions> = {}) {
  const app = new Hono().route("/", anneal({ models: [model], rateLimit: 1, client: () => "visitor", ...options }));
  return async (seed: string) => app.fetch(new Request(`https://anneal.test/sample?seed=${seed}`), env);
}

const statuses = async (...answers: Promise<Response>[]) => (await Promise.all(answers)).map(({ status }) => status);

it("have queues, limits and images of their own", async () => {
  const [one, other] = [service(), service()];
  expect(await statuses(one("drawn"), other("other"))).toEqual([200, 200]);
  expect(await statuses(one("refused"), other("drawn"))).toEqual([429, 429]); // what one has drawn the other would have to draw
  expect(await statuses(one("drawn"))).toEqual([200]);
});

it("share what clients may spend and have in flight if both are told so", async () => {
  const [one, other] = [service({ shared: true }), service({ shared: true })];
  expect(await statuses(one("spent"))).toEqual([200]);
  expect(await statuses(other("refused"))).toEqual([429]);
});
