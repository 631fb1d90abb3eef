/** The service mounted in another application of Workers: `anneal/hono`. */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { describe, expect, it, vi } from "vitest";
import { headIn } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import shipped from "../../../wasm-model/models/fashion-mnist/model.onnx";
import { anneal, settingsFrom } from "../../../worker/hono.workerd.ts";
import type { AnnealEvent, AnnealOptions } from "../../../worker/service/hono.d.ts";
import { defaultCost } from "../../../worker/service/settings.ts";
import { foreign } from "../../support/foreign.ts";
import { randomModel, SMALL, TINY } from "../../support/random-model.ts";
import { released } from "../answers.ts";

/** As small as models are: mounting hashes their files. */
const { card, weights } = randomModel(SMALL, 1, "int8");
const QUICK = writeModel({ card: { ...card, name: "fashion-mnist" }, weights });

/** What an application answers that has the service at /a/b, or another path, and a route of its own. */
function application(options: Partial<AnnealOptions> = {}, mount = "/a/b") {
  const app = new Hono().route(mount, anneal({ models: [QUICK], ...options })).get("/own", (c) => c.text("own"));
  return async (path: string, init?: RequestInit) => released(await app.fetch(new Request(`https://anneal.test${path}`, init), env));
}

describe("the mounted service", () => {
  it("leaves all other paths to the application", async () => {
    const ask = application();
    expect(await (await ask("/own")).text()).toBe("own");
    for (const path of ["/", "/sample?seed=7", "/a/sample?seed=7"]) expect([path, (await ask(path)).status]).toEqual([path, 404]);
  });

  it("binds its host to HTTPS only at the root", async () => {
    for (const [mount, path, expected] of [
      ["/", "/v1/models", "max-age=15552000"],
      ["/a/b", "/a/b/v1/models", null],
    ] as const)
      expect([mount, (await application({}, mount)(path)).headers.get("Strict-Transport-Security")]).toEqual([mount, expected]);
  });

  it("gives addresses below its path: permanent ones, those of models, in events and in the OpenAPI document", async () => {
    const ask = application();
    const image = await ask("/a/b/sample?seed=7");
    const permanent = image.headers.get("Content-Location") ?? "";
    expect(permanent).toMatch(/^\/a\/b\/v1\/fashion-mnist@[0-9a-f]{32}\/7\.png\?/);
    const again = await ask(permanent);
    expect(again.headers.get("Cache-Control")).toContain("immutable");
    expect(await again.bytes()).toEqual(await image.bytes());
    const { models } = await (await ask("/a/b/v1/models")).json<{ models: { pictures: string; file: string }[] }>();
    expect(models.map(({ file }) => file)).toEqual(["/a/b/v1/models/fashion-mnist/model.onnx"]);
    expect(models[0].pictures).toMatch(/^\/a\/b\/v1\/fashion-mnist@/);
    expect((await ask(models[0].file)).status).toBe(200);
    expect(await (await ask("/a/b/openapi.json")).json()).toMatchObject({ servers: [{ url: "/a/b" }] });
  });

  it("has its pages and their files below its path, which leads to the first one", async () => {
    const base = "/a.b/~c-d";
    const ask = application({}, `${base}/`);
    const root = await ask(`${base}?x`, { redirect: "manual" });
    expect([root.status, root.headers.get("Location")]).toEqual([308, "~c-d/?x"]);
    for (const path of ["/", "/create/", "/embed.js"]) expect([path, (await ask(base + path)).status]).toEqual([path, 200]);
  });

  it("refuses to be mounted at a pattern, and at a path that has several spellings", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    for (const [mount, path] of [
      ["/:tenant", "/one"],
      ["/*", "/one"],
      ["/für", "/f%C3%BCr"],
    ])
      expect([mount, (await application({}, mount)(`${path}/sample`)).status]).toEqual([mount, 500]);
    expect(String(log.mock.calls[0][0])).toContain("Expected a fixed path, such as /images, to mount the service at but received /:tenant");
  });

  it("obeys its options", async () => {
    const price = defaultCost(headIn(new Uint8Array(shipped)).card);
    const limited = application({
      models: [foreign(new Uint8Array(shipped))],
      budget: price,
      rateLimit: price / 60,
      client: (c) => c.req.header("X-User") ?? "",
    });
    const as = (user: string) => ({ headers: { "X-User": user } });
    expect((await limited("/a/b/sample?seed=mounted", as("me"))).status).toBe(200);
    expect((await limited("/a/b/sample?seed=mounted&steps=7", as("me"))).status).toBe(400);
    expect((await limited("/a/b/sample?seed=not-cached", as("me"))).status).toBe(429);
    expect((await limited("/a/b/sample?seed=not-cached", as("you"))).status).toBe(200);
  });

  it.each([
    [{ rateLimit: -1 }, "rateLimit"],
    [{ budget: "5e9" }, "budget"],
    [{ client: "CF-Connecting-IP" }, "client"],
    [{ cache: { match: async () => undefined } }, "cache"],
    [{ models: ["model.onnx"] }, "models.0"],
    [{ trustProxy: 17 }, "trustProxy"],
    [{ trustProxy: "1" }, "trustProxy"],
  ])("refuses invalid settings: %o", (options, name) => {
    expect(() => application(options as Partial<AnnealOptions>)).toThrow(
      new RegExp(`^Expected .* for \`${name}\`.* but received (?!null)`),
    );
  });

  it("refuses settings that do not exist", () => {
    expect(() => application({ ratelimit: 1 } as Partial<AnnealOptions>)).toThrow("`ratelimit` is not a known field");
  });

  it("takes options from an environment, whose values may be texts, and refuses invalid ones", () => {
    const { onEvent, ...options } = settingsFrom({
      BUDGET: "460e6",
      RATE_LIMIT: 4e9,
      LOG: "true",
      PATH: "/bin",
    });
    expect([options, typeof onEvent]).toEqual([{ budget: 460e6, rateLimit: 4e9 }, "function"]);
    expect(settingsFrom({ LOG: false })).toEqual({});
    expect(() => application({ ...options, client: () => "me" })).not.toThrow();
    const wrong = {
      BUDGET: ["5G", "-5e9", 0],
      RATE_LIMIT: ["", "1e400", Number.NaN, true],
      LOG: ["yes", 1],
    };
    for (const [name, values] of Object.entries(wrong))
      for (const value of values)
        expect(() => settingsFrom({ [name]: value })).toThrow(new RegExp(`^Expected .* for \`${name}\` but received `));
  });

  it.each<[string, () => unknown]>([
    ["throws", () => JSON.parse("")],
    ["returns a promise that is rejected", () => Promise.reject(new SyntaxError("no name"))],
    ["returns a promise", async () => "me"],
    ["returns nothing", () => null],
  ])("a `client` that %s costs its own request, which failed, at every path but that of monitors", async (_, client) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const events: AnnealEvent[] = [];
    const ask = application({ rateLimit: 4e12, client: client as () => string, onEvent: (event) => events.push(event) });
    for (const path of ["/sample?seed=7", "/v1/models"]) {
      const { status, headers } = await ask(`/a/b${path}`);
      expect([path, status, headers.get("Content-Type")]).toEqual([path, 500, "application/problem+json"]);
    }
    expect(events.map(({ type, code }) => [type, code])).toEqual(Array(2).fill(["failed", "internal-error"]));
    expect(log).toHaveBeenCalledTimes(2);
    expect((await ask("/a/b/health")).status).toBe(200);
  });

  it("logs each request but those of monitors that find all well", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const ask = application(settingsFrom({ LOG: true }));
    await ask("/a/b/health");
    await ask("/a/b/v1/models");
    await ask("/a/b/health", { method: "POST" });
    expect(log.mock.calls.map(([line]) => JSON.parse(line).status)).toEqual([200, 405]);
  });

  it("warns its operator once that clients share a limit if the platform cannot tell them apart, and believes no header", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const ask = application({ rateLimit: defaultCost(card) / 60 });
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++) {
      const { status } = await ask(`/a/b/sample?seed=shared-${i}&steps=1`, { headers: { "CF-Connecting-IP": `192.0.2.${i}` } });
      statuses.push(status);
    }
    expect(statuses.at(-1)).toBe(429);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^`rateLimit` works with `client` or `trustProxy` only/)]]);
  });

  it("behind a proxy: tells clients apart by their addresses, with or without a port, and ignores addresses that a client made up", async () => {
    const ask = application({ rateLimit: defaultCost(card) / 60, trustProxy: true });
    let seed = 0;
    const draw = async (address?: string) => {
      const headers: HeadersInit = address === undefined ? {} : { "X-Forwarded-For": address };
      return (await ask(`/a/b/sample?seed=forwarded-${seed++}&steps=1`, { headers })).status;
    };
    for (const [first, same] of [
      ["198.51.100.11", "203.0.113.9, 198.51.100.11"],
      ["198.51.100.12:1234", "198.51.100.12"],
      ["[2001:db8::1]:1234", "2001:db8::2"],
    ]) {
      expect([first, await draw(first), await draw(same)]).toEqual([first, 200, 429]);
    }
    await draw(); // those without an address are one client, as are those without a right one
    expect([await draw("unknown"), await draw("made up")]).toEqual([429, 429]);
  });

  /** Programs cannot make such requests; workerd and Deno pass on what comes over the line. */
  const overTheLine = (path: string, more: Partial<Request> = {}, mount = "/a/b") => {
    const { signal } = new AbortController();
    const request = { url: `https://anneal.test${path}`, method: "GET", headers: new Headers(), body: null, signal, ...more };
    return new Hono().route(mount, anneal({ models: [QUICK] })).fetch(request as Request, env);
  };

  it.each(["GET", "HEAD"])("ignores the body of a %s request", async (method) => {
    const body = new Blob(["abc"]).stream();
    expect((await overTheLine("/a/b/sample?seed=7&steps=1", { method, body })).status).toBe(200);
  });

  it.each([
    ["/a/b", "/a/b/../../x/y/sample?seed=7&steps=1"],
    ["/a/b", "/a/b/..\\..\\x\\y\\sample?seed=7&steps=1"],
  ])("under %s has no path %s, which leads out of it", async (mount, path) => {
    expect((await overTheLine(path, {}, mount)).status).toBe(404);
  });

  it("refuses models that it cannot serve", () => {
    expect(() => anneal({ models: [] })).toThrow("Expected models of different names, at least one, for `models` but received none");
    expect(() => anneal({ models: [shipped, shipped] })).toThrow("but received 2 with the names fashion-mnist");
    expect(() => anneal({ models: [new Uint8Array(8)] })).toThrow(/^Expected an ONNX model/);
    for (const name of ["猫", "my/pets"]) {
      const { card, weights } = randomModel(TINY, 1, "int8");
      const file = writeModel({ card: { ...card, name }, weights });
      expect(() => anneal({ models: [file] })).toThrow(
        /^Expected at most 64 small letters, .* for `name` of the model's card but received /,
      );
    }
  });
});

it("a budget that is too small for a model's own steps is said when the service starts", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const young = writeModel({ card: { ...card, name: "young", sampling: { ...card.sampling, steps: 8 } }, weights });
  const cost = defaultCost(card, { steps: 8 });
  for (const budget of [5e9, cost, cost - 1]) anneal({ models: [young, QUICK], budget });
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/^An image by `young` costs .* Raise the budget, or export .*\.$/)]]);
});
