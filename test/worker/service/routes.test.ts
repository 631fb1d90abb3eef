/** What each route answers: its headers, methods and refusals, in full. */
import { expect, it, vi } from "vitest";
import { QUERY_NAMES } from "../../../worker/service/request.ts";
import { ask, versionOf } from "../worker.ts";
import { from, LEAST_RATE, SHIPPED, service } from "./service.ts";

it("an image states its seed, cost and model in headers that pages may read", async () => {
  const { status, headers } = await ask("/sample?seed=%C3%A4+%F0%9F%A7%A5%0A&steps=3");
  expect([status, headers.get("Content-Type"), headers.get("X-NFE"), headers.get("X-Model")]).toEqual([
    200,
    "image/png",
    "3",
    SHIPPED[0].name,
  ]);
  expect(decodeURIComponent(headers.get("X-Seed") ?? "")).toBe("ä 🧥\n");
  const { models } = await (await ask("/v1/models")).json<{ models: { macs: number; cost: number; sampling: { steps: number } }[] }>();
  const [{ macs, cost, sampling }] = models;
  expect(Number(headers.get("X-Cost"))).toBe(cost + (3 - sampling.steps) * macs);
  expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
  expect(headers.get("Access-Control-Expose-Headers")).toBe("X-Seed,X-NFE,X-Cost,X-Model,Content-Location,ETag,Retry-After");
});

it("another image is drawn each time if no seed is given, and states its seed", async () => {
  const first = await ask("/sample?steps=1");
  const second = await ask("/sample?steps=1");
  expect([first.headers.get("Cache-Control"), first.headers.get("ETag")]).toEqual(["no-store", null]);
  expect(first.headers.get("X-Seed")).not.toBe(second.headers.get("X-Seed"));
  expect(await (await ask(`/sample?steps=1&seed=${first.headers.get("X-Seed")}`)).bytes()).toEqual(await first.bytes());
});

const seeds = "Unicode text of 1 to 256 bytes in UTF-8";
const long = "x".repeat(300);
const models = `one of ${SHIPPED.map(({ name }) => name).join(", ")}`;

it.each([
  ["model=mnist&class=Shoe", "invalid-value", "class", "an index from 0 to 9 or one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9", "Shoe"],
  ["model=nope", "invalid-value", "model", models, "nope"],
  [`seed=${long}`, "invalid-value", "seed", seeds, `${JSON.stringify(long.slice(0, 60)).slice(0, -1)}…"`],
  ["seed=", "empty-value", "seed", seeds, "nothing"],
  ["steps=1&steps=2", "repeated-option", "steps", "one value only (an integer from 1 to 64)", "2 values"],
  [`${long}=1`, "unknown-option", `${long.slice(0, 60)}…`, `one of ${QUERY_NAMES.join(", ")}`, "1"],
])("a client's mistake is reported in full: %s", async (query, code, key, expected, received) => {
  const response = await ask(`/sample?${query}`);
  const told = ["Content-Type", "Cache-Control", "Access-Control-Allow-Origin"].map((name) => response.headers.get(name));
  expect([response.status, ...told]).toEqual([400, "application/problem+json", "no-store", "*"]);
  const isUnknown = code === "unknown-option";
  const detail = isUnknown
    ? `\`${key}\` is not an option: these are ${QUERY_NAMES.join(", ")}`
    : `Expected ${expected} for \`${key}\` but received ${received}`;
  const problem = { type: "about:blank", title: "Bad Request", status: 400, code, detail, key, expected, received };
  expect(await response.json()).toEqual(problem);
});

const paths = "one of /sample, /v1/{model}/{seed}.{format}, /v1/models, /v1/models/{model}/model.onnx, /health, /openapi.json";

it.each([
  [`/${long}`, "path", paths, `"/${long.slice(0, 59)}…"`],
  ["/v1/models/nope/model.onnx", "model", models, "nope"],
  ["/v1/m/a/b/c.png", "path", '%2F for each slash of a seed, as in "/v1/m/a%2Fb%2Fc.png"', '"/v1/m/a/b/c.png"'],
])("%s does not exist, and the answer says what does", async (path, key, expected, received) => {
  const response = await ask(path);
  expect(await response.json()).toMatchObject({ title: "Not Found", status: 404, code: "not-found", key, expected, received });
  expect(response.status).toBe(404);
});

it.each(["7.png?class=Ankle+boot&steps=1&temperature=0.5", "7.png?steps=1&class=ankle%20BOOT&", "%37.png?background=%23FDE&steps=01"])(
  "an address with a version is immutable, however it is spelled: %s",
  async (file) => {
    const { status, headers } = await ask(`/v1/fashion-mnist@${await versionOf("fashion-mnist")}/${file}`);
    expect([status, headers.get("Cache-Control")]).toEqual([200, "public, max-age=31536000, immutable"]);
  },
);

const askHere = service(); // a body would be sent to the other

it.each(["POST", "DELETE"])("%s is refused at every path, without reading the body", async (method) => {
  for (const path of ["/sample?seed=7", "/v1/fashion-mnist/7.png", "/v1/models", "/", "/nope"]) {
    const pull = vi.fn();
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    const response = await askHere(path, { method, body });
    const told = ["Allow", "Access-Control-Allow-Origin", "Content-Type"].map((name) => response.headers.get(name));
    expect([path, response.status, ...told]).toEqual([path, 405, "GET, HEAD", "*", "application/problem+json"]);
    expect(await response.json()).toMatchObject({ code: "method-not-allowed", key: "method", received: method });
    expect(pull).not.toHaveBeenCalled();
  }
});

it("health names the models and their versions, is not cached, and has no rate limit", async () => {
  const ask = service({ rateLimit: LEAST_RATE });
  const { models } = await (await ask("/v1/models")).json<{ models: { name: string; version: string }[] }>();
  const asked = async (path: string) => (await ask(path, from("192.0.2.60"))).status;
  expect([await asked("/sample"), await asked("/sample")]).toEqual([200, 429]);
  const response = await ask("/health", from("192.0.2.60"));
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
  expect(await response.json()).toEqual({ status: "ok", models: models.map(({ name, version }) => ({ name, version })) });
});
