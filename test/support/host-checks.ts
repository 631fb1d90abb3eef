/**
 * What hosts of `anneal/hono` do the same, as tests over the address of the service on them: `/images` of some server,
 * with the default model. `base()` is that address, without a slash at its end.
 */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { anneal } from "../../worker/node/hono.ts";
import { readGolden, shippedModel } from "../golden/golden.ts";
import { launchChromium } from "./browsers.ts";
import { drawnByWidget, startWebPage } from "./web-page.ts";

const { images } = readGolden();
/** The service as the sources have it. */
const sources = new Hono().route("/images", anneal({ models: [shippedModel()] }));

/** What is promised of Node and of Workers. */
export function hostChecks(base: () => string): void {
  const ask = (path: string, init?: RequestInit) => fetch(base() + path, init);

  it("draws the released bytes, below its path", async () => {
    const answer = await ask("/sample?seed=0");
    expect([answer.headers.get("Content-Type"), sha256Hex(await answer.bytes())]).toEqual(["image/png", images["seed=0"].png]);
    const permanent = answer.headers.get("Content-Location") ?? "";
    expect(permanent).toMatch(new RegExp(`^/images/v1/${DEFAULT_MODEL}@[0-9a-f]{32}/0\\.png\\?`));
    const again = await fetch(new URL(permanent, base()));
    expect([again.headers.get("Cache-Control"), sha256Hex(await again.bytes())]).toEqual([
      "public, max-age=31536000, immutable",
      images["seed=0"].png,
    ]);
    const page = await ask("/how/");
    expect([page.status, page.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"]);
    const [script] = /\.\.\/assets\/[^"]*\.js/.exec(await page.text()) ?? [];
    expect((await ask(`/how/${script}`)).status).toBe(200);
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
    expect(await odd("/sample?seed=7", "abc")).toBe(200);
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

  it("draws in a page of another origin, by the widget that it serves", async () => {
    const expected = await (await sources.request("/images/sample?seed=alice&class=robot")).bytes();
    const [site, browser] = await Promise.all([startWebPage(), launchChromium()]);
    try {
      site.set(
        `<anneal-sample src="${base()}/" seed="alice" label="robot"></anneal-sample><script type="module" src="${base()}/embed.js"></script>`,
      );
      const page = await browser.newPage();
      await page.goto(site.url);
      expect(sha256Hex(await drawnByWidget(page.locator("anneal-sample")))).toBe(sha256Hex(expected));
    } finally {
      await Promise.all([browser.close(), site.stop()]);
    }
  });
}
