/**
 * What every host of `anneal/hono` does the same, as tests over the address of the service on it: `/images` of some
 * server, with fashion-mnist.
 */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { anneal } from "../../worker/node/hono.ts";
import { sha256Hex } from "../golden/draw.ts";
import { readGolden, shippedModel } from "../golden/golden.ts";
import { launchChromium } from "./chromium.ts";
import { startWebPage } from "./web-page.ts";

/** What a host cannot do. */
export interface HostLimits {
  /** An answer begins before it is complete. */
  readonly streams?: boolean;
  /** The work for a client that leaves stops. */
  readonly stopsWork?: boolean;
}

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

/** Costs 38 GMAC of the 48 that a client may have in flight. */
const GRID = "n=200";

const STATIC: readonly (readonly [path: string, type: string, caching: string])[] = [
  ["/embed.js", "text/javascript; charset=utf-8", "public, max-age=300, stale-while-revalidate=31536000"],
  ["/assets/embed.d.ts", "text/plain; charset=utf-8", "public, max-age=0, must-revalidate"],
  ["/assets/display.woff2", "font/woff2", "public, max-age=0, must-revalidate"],
];

const { images } = await readGolden();
const { file, teacher } = shippedModel();
/** The service as the sources have it. */
const sources = new Hono().route("/images", anneal({ models: [teacher ? { student: file, teacher } : file] }));

/** `base()`: the service's address, without a slash at its end. */
export function hostChecks(base: () => string, { streams = true, stopsWork = true }: HostLimits = {}): void {
  const ask = (path: string, init?: RequestInit) => fetch(base() + path, init);

  it("draws the released bytes of 20 seeds", async () => {
    for (const seed of SEEDS) {
      const answer = await ask(`/sample?seed=${seed}`);
      expect([seed, answer.headers.get("Content-Type")]).toEqual([seed, "image/png"]);
      expect([seed, sha256Hex(await answer.bytes())]).toEqual([seed, images[`seed=${seed}`].png]);
    }
  });

  it("draws from an upload", async () => {
    const image = new Blob([await (await sources.request("/images/sample?seed=7")).bytes()], { type: "image/png" });
    const form = new FormData();
    form.set("image", image, "image.png");
    const path = "/v1/fashion-mnist/variations?seed=8&strength=0.5";
    const expected = await (await sources.request(`/images${path}`, { method: "POST", body: form })).bytes();
    for (const body of [form, image]) {
      const answer = await ask(path, { method: "POST", body });
      expect([answer.status, answer.headers.get("X-NFE")]).toEqual([200, expect.stringMatching(/^[1-9]/)]);
      expect(sha256Hex(await answer.bytes())).toBe(sha256Hex(expected));
    }
  });

  it("is mounted under its path", async () => {
    const answer = await ask("/sample?seed=7");
    const permanent = answer.headers.get("Content-Location") ?? "";
    expect(permanent).toMatch(/^\/images\/v1\/fashion-mnist@[0-9a-f]{8}\/7\.png\?/);
    const again = await fetch(new URL(permanent, base()));
    expect([again.headers.get("Cache-Control"), sha256Hex(await again.bytes())]).toEqual([
      "public, max-age=31536000, immutable",
      images["seed=7"].png,
    ]);
    const page = await (await ask("/studio?seed=7")).text();
    const links = [...page.matchAll(/ (?:src|href|action|data-src)="(\/[^"]*)"/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !link.startsWith("/images/"))).toEqual([]);
    expect((await ask("/v1/nothing/7.png")).headers.get("Content-Type")).toBe("application/problem+json");
    expect((await fetch(new URL("/sample?seed=7", base()))).status).toBe(404);
  });

  /** The status of the answer to a request that `fetch` does not make. */
  async function odd(path: string, body?: string): Promise<number | undefined> {
    const { origin, pathname } = new URL(base());
    const headers = body === undefined ? {} : { "Content-Length": body.length };
    const asked = request(origin, { path: pathname + path, headers }).end(body);
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  }

  it("does not fail at the body of a GET, and has no path that leads out of its own", async () => {
    expect([200, 400]).toContain(await odd("/sample?seed=7", "abc")); // Hono's adapter for Lambda refuses it
    for (const path of ["/../sample?seed=7", "/%2e%2e/out/sample?seed=7"])
      expect([path, [400, 404]]).toEqual([path, expect.arrayContaining([await odd(path)])]);
  });

  it("answers HEAD as it answers GET, without a body", async () => {
    for (const path of ["/sample?seed=7", "/embed.js"]) {
      const [head, get] = [await ask(path, { method: "HEAD" }), await ask(path)];
      expect([path, head.status, await head.text()]).toEqual([path, 200, ""]);
      for (const name of ["Content-Type", "ETag", "Cache-Control", "Content-Location"])
        expect([path, name, head.headers.get(name)]).toEqual([path, name, get.headers.get(name)]);
      expect((await get.bytes()).length).toBeGreaterThan(0);
    }
  });

  it.each(STATIC)("%s is %s, %s, and 304 by its ETag", async (path, type, caching) => {
    const { status, headers } = await ask(path);
    expect([status, headers.get("Content-Type"), headers.get("Cache-Control")]).toEqual([200, type, caching]);
    const tag = headers.get("ETag") ?? "";
    expect(tag).toMatch(/^(W\/)?"[\w.-]+"$/);
    const again = await ask(path, { headers: { "If-None-Match": tag } });
    expect([again.status, again.headers.get("Cache-Control"), await again.text()]).toEqual([304, caching, ""]);
    expect((await ask(path, { headers: { "If-None-Match": '"another"' } })).status).toBe(200);
  });

  if (streams) {
    it("sends the steps of an image as they are done", async () => {
      const answer = await ask("/sample?seed=streamed&steps=64", { headers: { Accept: "text/event-stream" } });
      expect(answer.headers.get("Content-Type")).toMatch(/^text\/event-stream/);
      const parts: string[] = [];
      const decoder = new TextDecoder();
      for await (const part of answer.body ?? []) parts.push(decoder.decode(part, { stream: true }));
      expect(parts.length).toBeGreaterThan(1);
      expect(parts[0]).not.toContain("event: image");
      const events = [...parts.join("").matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
      expect(events).toEqual([...Array(64).fill("step"), "image"]);
    });

    /** Asks for a grid and leaves while it is in flight, which a refusal of another one shows; its seed. */
    async function leave(delay = 50): Promise<string> {
      const left = new AbortController();
      const first = ask(`/sample?${GRID}&seed=left-${delay}`, { signal: left.signal }).then(
        () => "answered",
        () => "aborted",
      );
      await setTimeout(delay);
      const { status } = await ask(`/sample?${GRID}&seed=next-${delay}`);
      left.abort();
      if (status === 503 && (await first) === "aborted") return `left-${delay}`;
      if (delay > 1000) throw new Error(`Expected 503 while another grid is in flight but received ${status}`);
      return leave(2 * delay); // a busy machine may see the second one first
    }

    it(`${stopsWork ? "stops" : "goes on with"} the work for a client that leaves, and serves on`, async () => {
      const seed = await leave();
      const patience = AbortSignal.timeout(60_000);
      while ((await ask(`/sample?${GRID}&seed=next`, { signal: patience })).status !== 200) await setTimeout(50);
      const again = await ask(`/sample?${GRID}&seed=${seed}`);
      expect([again.status, /^cache;desc="(\w+)"/.exec(again.headers.get("Server-Timing") ?? "")?.[1] === "none"]).toEqual([
        200,
        stopsWork,
      ]);
    });
  }

  it("draws in a page of another origin, by the widget that it serves", async () => {
    const expected = await (await sources.request("/images/sample?seed=alice&class=Sneaker")).bytes();
    const [site, browser] = await Promise.all([startWebPage(), launchChromium()]);
    try {
      site.set(
        `<anneal-sample src="${base()}/" seed="alice" label="Sneaker"></anneal-sample><script type="module" src="${base()}/embed.js"></script>`,
      );
      const page = await browser.newPage();
      await page.goto(site.url);
      const [renderedBy, bytes] = await page.locator("anneal-sample").evaluate(async (element) => {
        await customElements.whenDefined("anneal-sample");
        const sample = element as HTMLElement & { readonly renderedBy?: string; toBlob(): Promise<Blob> };
        const blob = await sample.toBlob();
        return [sample.renderedBy, [...new Uint8Array(await blob.arrayBuffer())]] as const;
      });
      expect(renderedBy).toBe("device");
      expect(sha256Hex(new Uint8Array(bytes))).toBe(sha256Hex(expected));
    } finally {
      await Promise.all([browser.close(), site.stop()]);
    }
  });
}
