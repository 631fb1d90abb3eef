/** GET /health. */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { headIn } from "../../../wasm-model/model/onnx/reader.ts";
import model from "../../../wasm-model/models/mnist/model.onnx";
import { anneal } from "../../../worker/hono.workerd.ts";
import { defaultCost } from "../../../worker/service/limits.ts";
import { ask } from "../worker.ts";

it("answers with the models and their versions, and is not cached", async () => {
  const response = await ask("/health");
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
  const { models } = await (await ask("/v1/models")).json<{ models: { name: string; version: string }[] }>();
  expect(await response.json()).toEqual({ status: "ok", models: models.map(({ name, version }) => ({ name, version })) });
});

it("has no rate limit", async () => {
  const app = new Hono().route(
    "/",
    anneal({ models: [model], rateLimit: defaultCost(headIn(new Uint8Array(model)).card) / 60, client: () => "monitored" }),
  );
  const statuses = async (path: string): Promise<number[]> => {
    const answers: number[] = [];
    for (let k = 0; k < 3; k++) answers.push((await app.fetch(new Request(`https://anneal.test${path}`), env)).status);
    return answers;
  };
  expect(await statuses("/sample")).toEqual([200, 429, 429]);
  expect(await statuses("/health")).toEqual([200, 200, 200]);
});
