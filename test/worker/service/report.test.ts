/** What the operator learns of each request. */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { describe, expect, it, vi } from "vitest";
import { simd } from "../../../wasm-model/engine/simd.workerd.ts";
import { headIn } from "../../../wasm-model/model/onnx/reader.ts";
import { IMAGE_COST } from "../../../wasm-model/render/cost.ts";
import { anneal } from "../../../worker/hono.workerd.ts";
import type { AnnealEvent, AnnealOptions } from "../../../worker/service/hono.d.ts";
import { defaultCost } from "../../../worker/service/settings.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

const model = randomModelFile(TINY, 1, "int8");

/** A service, and the events of its requests so far, without their times. */
function service(options: Partial<AnnealOptions> = {}) {
  const events: AnnealEvent[] = [];
  const app = new Hono().route("/images", anneal({ models: [model], onEvent: (event) => events.push(event), ...options }));
  const ask = async (path: string, init?: RequestInit): Promise<Response> =>
    app.fetch(new Request(`https://anneal.test/images${path}`, init), env);
  const told = () =>
    events.splice(0).map(({ ms, ...event }) => {
      expect(ms).toBeGreaterThanOrEqual(0);
      return event;
    });
  return { ask, told };
}

const costIn = ({ headers }: Response): number => Number(headers.get("X-Cost"));
const SAMPLE = { method: "GET", route: "/sample", model: "random" };

describe("onEvent", () => {
  it("distinguishes drawn images, with their cost, from cached ones, including those that the client has", async () => {
    const { ask, told } = service();
    const seed = crypto.randomUUID();
    const drawn = await ask(`/sample?seed=${seed}`);
    const cached = await ask(`/sample?seed=${seed}`);
    await ask(`/sample?seed=${seed}`, { headers: { "If-None-Match": cached.headers.get("ETag") ?? "" } });
    expect(told()).toEqual([
      { ...SAMPLE, type: "drawn", status: 200, cost: costIn(drawn) },
      { ...SAMPLE, type: "cached", status: 200, cost: 0 },
      { ...SAMPLE, type: "cached", status: 304, cost: 0 },
    ]);
    expect(costIn(drawn)).toBeGreaterThan(IMAGE_COST);
  });

  it("names routes as the OpenAPI document does, and reports pages and lists as answered", async () => {
    const { ask, told } = service();
    const { models } = await (await ask("/v1/models")).json<{ models: { name: string }[] }>();
    await ask("/health");
    await ask(`/v1/${models[0].name}/7.png`, { method: "HEAD" });
    expect(told()).toEqual([
      { type: "answered", method: "GET", route: "/v1/models", status: 200, cost: 0 },
      { type: "answered", method: "GET", route: "/health", status: 200, cost: 0 },
      { type: "answered", method: "HEAD", route: "/v1/{model}/{seed}.{format}", model: "random", status: 200, cost: 0 },
    ]);
  });

  it("reports a refusal with the code and the key of the problem", async () => {
    const { ask, told } = service({ rateLimit: defaultCost(headIn(model).card) / 60, client: () => "refused" });
    await ask("/sample?seed=7&steps=none");
    await ask("/nowhere");
    await ask("/sample", { method: "DELETE" });
    await ask("/sample?seed=7&unheard=of");
    expect(told()).toEqual([
      { ...SAMPLE, type: "refused", status: 400, cost: 0, code: "invalid-value", key: "steps" },
      { type: "refused", method: "GET", route: null, status: 404, cost: 0, code: "not-found", key: "path" },
      { type: "refused", method: "DELETE", route: null, status: 405, cost: 0, code: "method-not-allowed", key: "method" },
      { type: "refused", method: "GET", route: "/sample", status: 400, cost: 0, code: "unknown-option" },
    ]);
    await ask("/sample");
    await ask("/sample");
    expect(told()).toMatchObject([
      { type: "drawn", status: 200 },
      { type: "refused", status: 429, cost: 0, code: "too-many-requests", key: "client" },
    ]);
  });

  it("reports no key that the client chose, since it may be the rest of a seed", async () => {
    const { ask, told } = service();
    for (const path of ["/sample?seed=Tom&Jerry", "/sample?seed=Tom&Jerry=%", "/v1/random/Tom.png?Jerry"])
      expect([path, (await ask(path)).status]).toEqual([path, 400]);
    await ask("/sample?seed=%");
    const events = told();
    expect(events.slice(0, -1).every(({ type, status }) => type === "refused" && status === 400)).toBe(true);
    expect(JSON.stringify(events)).not.toContain("Jerry");
    expect(events.at(-1)).toMatchObject({ code: "invalid-value", key: "seed" });
  });

  it("reports a request whose client leaves as aborted, once", async () => {
    const { ask, told } = service();
    const gone = new AbortController();
    const asked = ask("/sample?seed=7&sampler=ald&steps=64&n=16", { signal: gone.signal }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 5));
    gone.abort();
    await asked;
    expect(told()).toMatchObject([{ ...SAMPLE, type: "aborted", status: 499 }]);
  });

  it("reports a failure of the service", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(simd, "load").mockRejectedValue(new Error("no engine"));
    const { ask, told } = service();
    await ask(`/sample?seed=${crypto.randomUUID()}`);
    expect(told()).toEqual([{ ...SAMPLE, type: "failed", status: 500, cost: 0, code: "internal-error" }]);
  });

  it.each<[string, () => void]>([
    [
      "throws",
      () => {
        throw new Error("no log");
      },
    ],
    ["rejects later", () => scheduler.wait(1).then(() => Promise.reject(new Error("no log")))],
  ])("answers although the function %s, and logs it", async (_, onEvent) => {
    const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { ask } = service({ onEvent });
    expect((await ask("/sample?seed=7")).status).toBe(200);
    await vi.waitFor(() => expect(quiet.mock.calls).toEqual([[new Error("no log")]]));
  });

  it("has the request's context beside it, by which an operator logs the id that a proxy gave", async () => {
    const ids: unknown[] = [];
    const { ask } = service({ onEvent: (_, c) => void ids.push(c.req.header("traceparent")) });
    await ask("/health", { headers: { traceparent: "00-4b-00-01" } });
    expect(ids).toEqual(["00-4b-00-01"]);
  });
});
