/** What a client learns of its limits. */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { anneal } from "../../../worker/hono.workerd.ts";
import type { AnnealOptions } from "../../../worker/http/hono-options.ts";
import { PROBLEMS, ProblemError, type ProblemStatus } from "../../../worker/http/problems.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

const model = randomModelFile(TINY, 1, "int8");

/** A service for one client that nobody else is. */
function service(options: Partial<AnnealOptions>) {
  const name = crypto.randomUUID();
  const app = new Hono().route("/", anneal({ models: [model], client: () => name, ...options }));
  return async (path: string, init?: RequestInit) => app.fetch(new Request(`https://anneal.test${path}`, init), env);
}

const headersOf = ({ status, headers }: Response) => [status, headers.get("RateLimit-Policy"), headers.get("RateLimit")];

/** What is left, and the seconds until it is all again. */
function parts(header: unknown): { readonly r: number; readonly t: number } {
  const [, r, t] = /^"spending";r=(\d+);t=(\d+)$/.exec(String(header)) ?? [];
  return { r: Number(r), t: Number(t) };
}

describe("limits in header fields", () => {
  it("say what is allowed, and what is left after each image", async () => {
    const ask = service({ rateLimit: 2e6, budget: 48e9 });
    const policy = '"spending";q=120000000;w=60;qu="multiply-accumulates", "in-flight";q=48000000000;qu="multiply-accumulates"';
    const began = Date.now();
    const drawn = await ask("/sample");
    const regained = (2e6 * (Date.now() - began)) / 1000;
    const cost = Number(drawn.headers.get("X-Cost"));
    const [status, its, left] = headersOf(drawn);
    expect([status, its]).toEqual([200, policy]);
    const { r, t } = parts(left);
    expect(r).toBeGreaterThanOrEqual(120e6 - cost);
    expect(r).toBeLessThanOrEqual(120e6 - cost + regained);
    expect(t).toBe(Math.ceil((120e6 - r) / 2e6));
    await ask("/sample");
    const refused = await ask("/sample");
    expect(headersOf(refused).slice(0, 2)).toEqual([429, policy]);
    const rest = parts(refused.headers.get("RateLimit"));
    expect(rest.r).toBeLessThan(cost);
    expect(rest.t).toBeGreaterThan(Number(refused.headers.get("Retry-After")));
  });

  it("state only what may be in flight if spending is not limited", async () => {
    const ask = service({ maxInFlight: 96e9 });
    expect(headersOf(await ask("/sample"))).toEqual([200, '"in-flight";q=96000000000;qu="multiply-accumulates"', null]);
  });

  it("are integers of structured fields, however high the limit", async () => {
    const ask = service({ rateLimit: Number.MAX_SAFE_INTEGER, maxInFlight: 48e9 + 0.5 });
    const [, policy, left] = headersOf(await ask("/sample"));
    expect(policy).toMatch(/^"spending";q=999999999999999;w=60;.*"in-flight";q=48000000000;/);
    expect(parts(left).r).toBe(999_999_999_999_999);
  });

  it("are sent on limited routes only, and never a client's own on answers that caches share for a year", async () => {
    const ask = service({ rateLimit: 4e9 });
    for (const path of ["/health", "/v1/models", "/"]) expect(headersOf(await ask(path))).toEqual([200, null, null]);
    const image = await ask("/sample?seed=7");
    expect(image.headers.has("RateLimit")).toBe(true);
    const kept = await ask(image.headers.get("Content-Location") ?? "");
    expect(kept.headers.get("Cache-Control")).toContain("immutable");
    expect([kept.headers.has("RateLimit-Policy"), kept.headers.has("RateLimit")]).toEqual([true, false]);
  });
});

it("every temporary problem says when to try again", () => {
  const retried = Object.entries(PROBLEMS).filter(([status, { codes }]) => {
    const error = new ProblemError({ status: Number(status) as ProblemStatus, code: codes[0], detail: "" });
    return error.headers["Retry-After"] !== undefined;
  });
  expect(retried.map(([status]) => status)).toEqual(["408", "429", "503"]);
});
