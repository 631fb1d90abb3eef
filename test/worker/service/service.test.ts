/** Addresses and headers that are too long, or none. */
import { expect, it } from "vitest";
import { anneal } from "../../../worker/hono.workerd.ts";
import { MAX_ADDRESS, MAX_HEADER } from "../../../worker/service/service.ts";
import { ask } from "../worker.ts";
import { SHIPPED } from "./service.ts";

it.each(["/sample?seed=", "/v1/x/a", "/assets/"])("%s is answered with 414 if it is too long", async (path) => {
  const whole = path.padEnd(MAX_ADDRESS - "https://anneal.test".length, "x");
  expect((await ask(whole)).status).not.toBe(414);
  const response = await ask(`${whole}x`);
  expect([response.status, response.headers.get("Content-Type")]).toEqual([414, "application/problem+json"]);
  expect(await response.json()).toMatchObject({ code: "too-long", key: "path", received: `one of ${MAX_ADDRESS + 1}` });
});

it.each([
  ["GET", "If-None-Match", "/sample?seed=7"],
  ["OPTIONS", "Access-Control-Request-Headers", "/nope"],
])("%s with a header %s that is too long is answered with 431 before anything reads it", async (method, name, path) => {
  const value = "a,".repeat(MAX_HEADER / 2);
  expect((await ask(path, { method, headers: { [name]: value } })).status).not.toBe(431);
  const response = await ask(path, { method, headers: { [name]: `${value}x` } });
  expect([response.status, response.headers.get("Content-Type")]).toEqual([431, "application/problem+json"]);
  expect(await response.json()).toMatchObject({ code: "too-long", key: name.toLowerCase(), received: `one of ${MAX_HEADER + 1}` });
});

it("leaves room for the longest options, and answers them with at most 4 KB of headers", async () => {
  const seed = encodeURIComponent("\u{1f330}".repeat(64)); // 256 bytes of UTF-8
  const longest = `/sample?model=fashion-mnist&seed=${seed}&to=${seed}&t=0.123456789&class=Ankle%20boot&steps=10&sampler=langevin&churn=0.123456789&extrapolation=1.123456789&temperature=1.123456789&guidance=1.123456789&background=123456&foreground=abcdef&radius=49&size=29`;
  const { status, headers } = await ask(longest);
  expect(status).toBe(200);
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const ofLongestClass = 3 * 64 - encodeURIComponent("Ankle boot").length;
  expect(lines.length + ofLongestClass).toBeLessThan(4096);
  expect((await ask(longest.replace("seed=", "seed=x"))).status).toBe(400);
});

/** Programs cannot make such requests; workerd passes on what comes over the line. */
it.each(["a b", "a:99999"])("the host %s is the client's mistake", async (Host) => {
  const app = anneal({ models: [SHIPPED[0].file] });
  const request = { url: `http://${Host}/sample?seed=7`, headers: new Headers({ Host }), signal: new AbortController().signal };
  const response = await app.fetch({ ...request, method: "GET" } as Request);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: "invalid-value", key: "Host" });
});
