/** What a request may cost and who may ask how often, with bindings that other environments have. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { simd } from "../../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../../worker/app.ts";
import type { Env } from "../../../worker/env.ts";
import { servedModels } from "../../../worker/models/served.ts";

let app: ReturnType<typeof createApp>;

beforeAll(async () => {
  app = createApp(await servedModels(simd));
});

async function ask(path: string, bindings: Partial<Env["Bindings"]>, init?: RequestInit): Promise<Response> {
  const context = createExecutionContext();
  const response = await app.fetch(
    new Request(`https://anneal.test${path}`, init),
    { ...(env as unknown as Env["Bindings"]), ...bindings },
    context,
  );
  await waitOnExecutionContext(context);
  return response;
}

const upload = (headers: HeadersInit = {}): RequestInit => ({
  method: "POST",
  body: encodePng({ pixels: new Uint8Array(784), width: 28, height: 28, channels: 1 }),
  headers: { "Content-Type": "image/png", ...headers },
});

describe("the work budget", () => {
  it("is the environment's, and the contract tells it", async () => {
    const bindings = { WORK_BUDGET: "4" };
    expect((await ask("/sample?seed=7&steps=4", bindings)).status).toBe(200);
    for (const [path, key, cost] of [
      ["/sample?seed=7&steps=5", "steps", 5],
      ["/sample?seed=7&steps=3&guidance=2", "steps", 6],
      ["/sample?seed=7&steps=2&n=3", "n", 6],
    ] as const) {
      const response = await ask(path, bindings);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        code: "over-budget",
        key,
        expected: "a picture of at most 4 network evaluations, those of all its images",
        received: `one of ${cost}`,
      });
    }
    expect((await ask("/v1/fashion-mnist/variations?steps=5", bindings, upload())).status).toBe(400);
    const contract = await (await ask("/openapi.json", bindings)).json<Record<string, unknown>>();
    expect(contract["x-work-budget"]).toBe(4);
  });
});

describe("the page", () => {
  const WORK_BUDGET = 10;
  /** The pictures of the page at this address, those that come at once and those whose turn comes later. */
  async function pictures(path: string, bindings: Partial<Env["Bindings"]>): Promise<{ now: string[]; later: string[]; html: string }> {
    const html = await (await ask(path, bindings)).text();
    const urls = (attribute: string) =>
      [...html.matchAll(new RegExp(` ${attribute}="(/sample[^"]+)"`, "g"))].map(([, url]) => url.replaceAll("&amp;", "&"));
    return { now: urls("src"), later: urls("data-src"), html };
  }

  it("asks only for what the budget allows", async () => {
    const { now, later, html } = await pictures("/?seed=7", { WORK_BUDGET });
    for (const path of [...now, ...later])
      expect([path, (await ask(path, { WORK_BUDGET }, { method: "HEAD" })).status]).toEqual([path, 200]);
    expect(html).not.toContain("32 levels");
    for (const path of ["/studio?seed=7&steps=10", "/morph?seed=7&to=8"]) {
      const { now } = await pictures(path, { WORK_BUDGET });
      expect(now.length).toBeGreaterThan(0);
      for (const url of now) expect([url, (await ask(url, { WORK_BUDGET }, { method: "HEAD" })).status]).toEqual([url, 200]);
    }
  });

  it("says so when its form asks for more, which a device may draw", async () => {
    const response = await ask("/studio?seed=7&steps=11", { WORK_BUDGET });
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain("The edge draws at most 10 network evaluations per picture here, and this one takes 11");
    expect(html).not.toContain("<img");
  });

  it("asks at once for as many pictures as are drawn at a time, without script too", async () => {
    for (const MAX_IN_FLIGHT of [2, 4, 16]) {
      const { now, later } = await pictures("/?seed=7", { MAX_IN_FLIGHT });
      expect(now.length).toBeLessThanOrEqual(MAX_IN_FLIGHT);
      expect(now.length + later.length).toBe(1 + 10 + 8);
    }
  });
});

describe("pictures at a time", () => {
  it("are bounded: more are refused at once, and welcome again after", async () => {
    const bindings = { MAX_IN_FLIGHT: 2 };
    const slow = (i: number) => ask(`/sample?seed=busy${i}&steps=5&sampler=ald`, bindings);
    const answers = await Promise.all([slow(0), slow(1), slow(2), slow(3)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503, 503]);
    const refused = answers.find(({ status }) => status === 503)!;
    expect([refused.headers.get("Retry-After"), refused.headers.get("Content-Type")]).toEqual(["1", "application/problem+json"]);
    expect(await refused.json()).toMatchObject({ code: "busy" });
    expect((await slow(4)).status).toBe(200);
  });
});

describe("the rate limit", () => {
  it("is asked before an upload is decoded", async () => {
    const RATE_LIMIT: RateLimit = { limit: async () => ({ success: false }) };
    const field = () => new Blob(["no PNG file"]);
    const form = new FormData();
    for (const name of ["image", "mask"]) form.append(name, field());
    for (const [operation, body, headers] of [
      ["inpaint", form, {}],
      ["variations", field(), { "Content-Type": "image/png" }],
      ["denoise", field(), { "Content-Type": "image/png" }],
    ] as const) {
      const init = { method: "POST", body, headers };
      expect((await ask(`/v1/fashion-mnist/${operation}`, { RATE_LIMIT }, init)).status, operation).toBe(429);
      expect((await ask(`/v1/fashion-mnist/${operation}`, {}, init)).status, operation).toBe(400);
    }
  });

  it("asks for the client's address and refuses with the time to come back", async () => {
    const keys: string[] = [];
    const RATE_LIMIT: RateLimit = {
      async limit({ key }) {
        keys.push(key);
        return { success: keys.length <= 1 };
      },
    };
    const from = { headers: { "CF-Connecting-IP": "192.0.2.7" } };
    const paths = ["/sample?seed=limited&steps=1", "/sample?seed=limited2&steps=1"];
    const [first, second] = [await ask(paths[0], { RATE_LIMIT }, from), await ask(paths[1], { RATE_LIMIT }, from)];
    expect([first.status, second.status, second.headers.get("Retry-After")]).toEqual([200, 429, "60"]);
    expect(await second.json()).toMatchObject({ code: "too-many-requests" });
    expect(keys).toEqual(["192.0.2.7", "192.0.2.7"]);
    expect((await ask(paths[0], { RATE_LIMIT }, from)).status).toBe(200); // finished pictures cost nothing
    expect((await ask("/v1/fashion-mnist/denoise", { RATE_LIMIT }, upload())).status).toBe(429);
  });
});

describe("the data centre's cache", () => {
  it("gives what another isolate has drawn", async () => {
    const bindings = { CACHE: caches.default };
    const path = "/v1/fashion-mnist/shared.png?steps=1";
    const drawn = await ask(path, bindings);
    expect(drawn.headers.get("Server-Timing")).toContain('cache;desc="none"');
    const file = await drawn.arrayBuffer();
    for (let i = 0; i < 30; i++) await (await ask(`/sample?seed=crowd${i}&steps=1&size=448&n=4&format=json`, {})).arrayBuffer(); // this one forgets it
    const found = await ask(path, bindings);
    expect(found.headers.get("Server-Timing")).toContain('cache;desc="edge"');
    expect(await found.arrayBuffer()).toEqual(file);
    expect(found.headers.get("Cache-Control")).toBe("public, max-age=0, must-revalidate");
    expect((await ask(path, bindings)).headers.get("Server-Timing")).toContain('cache;desc="isolate"');
  });
});

describe("the token", () => {
  const API_TOKEN = "open sesame";
  const paths = ["/v1/fashion-mnist/denoise", "/v1/fashion-mnist/variations?steps=1", "/v1/inspect", "/v1/fashion-mnist/inpaint"];

  it.each(paths)("is asked for where there is one: %s", async (path) => {
    for (const headers of [
      {},
      { Authorization: "Bearer open sesam" },
      { Authorization: API_TOKEN },
      { Authorization: `Basic ${API_TOKEN}` },
    ]) {
      const response = await ask(path, { API_TOKEN }, upload(headers));
      expect([response.status, response.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"]);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ code: "unauthorized", key: "Authorization" });
      expect(text).not.toContain(API_TOKEN);
    }
    for (const scheme of ["Bearer", "bearer", "BEARER"]) {
      expect((await ask(path, { API_TOKEN }, upload({ Authorization: `${scheme} ${API_TOKEN}` }))).status).not.toBe(401);
    }
  });

  it.each(paths)("is asked for before the body is read: %s", async (path) => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(65_536));
        },
      },
      { highWaterMark: 0 },
    );
    const response = await ask(path, { API_TOKEN }, { method: "POST", body, headers: { "Content-Type": "image/png" } });
    expect([response.status, pulled]).toEqual([401, 0]);
    const tooLong = { method: "POST", body: new Uint8Array(300_000), headers: { "Content-Type": "image/png" } };
    expect((await ask(path, { API_TOKEN }, tooLong)).status).toBe(401);
  });

  it("is not asked of GET", async () => {
    expect((await ask("/sample?seed=7&steps=1", { API_TOKEN })).status).toBe(200);
  });
});
