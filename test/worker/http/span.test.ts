/** The spans of a request in the platform's trace. */
import { env, tracing } from "cloudflare:workers";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { anneal } from "../../../worker/hono.workerd.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

const app = new Hono().route("/", anneal({ models: [randomModelFile(TINY, 1, "int8")] }));

/** The names of the spans, in the order in which they begin. */
async function spansOf(path: string, init?: RequestInit): Promise<string[]> {
  const names: string[] = [];
  const tracing = {
    enterSpan<T>(name: string, work: () => T): T {
      names.push(name);
      return work();
    },
  };
  const context = { waitUntil() {}, passThroughOnException() {}, props: {}, tracing };
  const response = await app.fetch(new Request(`https://anneal.test${path}`, init), env, context);
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  return names;
}

it("enclose decode, sample and encode", async () => {
  const seed = crypto.randomUUID();
  expect(await spansOf(`/sample?seed=${seed}`)).toEqual(["sample", "encode"]);
  expect(await spansOf(`/sample?seed=${seed}`)).toEqual([]); // it is cached
  const image = await (await app.fetch(new Request("https://anneal.test/sample?seed=7"), env)).bytes();
  const upload = { method: "POST", body: image, headers: { "Content-Type": "image/png" } };
  const { models } = await (await app.fetch(new Request("https://anneal.test/v1/models"), env)).json<{ models: { name: string }[] }>();
  for (const path of ["variations", "denoise"]) {
    expect([path, await spansOf(`/v1/${models[0].name}/${path}`, upload)]).toEqual([path, ["decode", "sample", "encode"]]);
  }
});

it("work in workerd", () => {
  expect(tracing.enterSpan("sample", () => 7)).toBe(7);
});
