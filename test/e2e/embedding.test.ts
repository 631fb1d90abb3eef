/** The service in a page of another origin, in a real Chromium; and its headers over a real connection. */
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";
import { startWebPage, type WebPage } from "../support/web-page.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const { worker, browser } = workerAndChromium();
let guarded: RunningWorker;
let site: WebPage;
let page: Page;

beforeAll(async () => {
  [guarded, site] = await Promise.all([
    startWorker("--var", "API_TOKEN:open-sesame", "--var", "UPLOAD_ORIGINS:https://elsewhere.test"),
    startWebPage(),
  ]);
  site.set("");
});

afterAll(async () => {
  await Promise.all([guarded?.stop(), site?.stop()]);
});

beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(site.url);
});

afterEach(() => page.close());

/** What a page gets that uploads an image of the server's. */
const upload = (origin: string, headers: Record<string, string>, asForm: boolean) =>
  page.evaluate(
    async ({ source, url, headers, asForm }) => {
      const image = await (await fetch(source)).blob();
      const form = new FormData();
      form.append("image", image);
      const init = asForm ? { body: form, headers } : { body: image, headers: { ...headers, "Content-Type": "image/png" } };
      return fetch(url, { method: "POST", ...init }).then(
        async (response) => [response.status, response.headers.get("X-NFE"), (await response.blob()).type],
        (error: Error) => error.name,
      );
    },
    { source: `${worker.origin}/sample?seed=7&steps=1`, url: `${origin}/v1/fashion-mnist/denoise`, headers, asForm },
  );

it("takes uploads from pages of other origins if it has no token", async () => {
  for (const asForm of [true, false]) expect(await upload(worker.origin, {}, asForm)).toEqual([200, "1", "image/png"]);
});

it("refuses pages whose origin its setting does not name", async () => {
  const token = { Authorization: "Bearer open-sesame" };
  for (const asForm of [true, false]) expect(await upload(guarded.origin, token, asForm)).toBe("TypeError");
});

it("draws an SVG that browsers show and read, whatever its seed, and over any page if its background is transparent", async () => {
  const seed = '<b> & "\u0001\ufffe\r\n 🌰';
  const url = `${worker.origin}/v1/fashion-mnist/${encodeURIComponent(seed)}.svg?class=bag&steps=1&background=transparent&foreground=f00`;
  const seen = await page.evaluate(async (url) => {
    const xml = new DOMParser().parseFromString(await (await fetch(url)).text(), "image/svg+xml");
    const image = new Image();
    image.crossOrigin = "";
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(28, 28).getContext("2d")!;
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, 28, 28);
    return {
      root: [xml.documentElement.localName, xml.documentElement.getAttribute("role")],
      title: xml.querySelector("title")?.textContent,
      recipe: JSON.parse(xml.querySelector("metadata")?.textContent ?? "{}"),
      alphas: [...data].filter((_, i) => i % 4 === 3),
    };
  }, url);
  expect(seen.root).toEqual(["svg", "img"]);
  expect(seen.title).toBe('Sample of Bag, seed <b> & "\ufffd\ufffd\n 🌰');
  expect(seen.recipe.options).toMatchObject({ seed, background: "transparent", foreground: "ff0000" });
  const png = await (await fetch(url.replace(".svg", ".json"))).json();
  expect(seen.alphas).toEqual((png.pixels as number[]).filter((_, i) => i % 4 === 3));
});

it("draws round corners in an SVG as in a PNG file", async () => {
  const side = 112;
  const url = `${worker.origin}/v1/fashion-mnist/7.svg?steps=1&size=${side}&radius=40`;
  const alphas = await page.evaluate(
    async ([url, side]) => {
      const image = new Image();
      image.crossOrigin = "";
      image.src = url;
      await image.decode();
      const canvas = new OffscreenCanvas(side, side).getContext("2d")!;
      canvas.drawImage(image, 0, 0, side, side);
      return [...canvas.getImageData(0, 0, side, side).data].filter((_, i) => i % 4 === 3);
    },
    [url, side] as const,
  );
  const png = (await (await fetch(url.replace(".svg", ".json"))).json()) as { readonly pixels: readonly number[] };
  const expected = png.pixels.filter((_, i) => i % 4 === 3);
  expect([alphas[0], alphas[side / 2]]).toEqual([0, 255]);
  const far = alphas.filter((alpha, i) => Math.abs(alpha - expected[i]) > 128);
  expect(far).toEqual([]); // the edge is at most half a pixel away; Chromium's own is a third
});

it("answers HEAD with the length, once it is known", async () => {
  const url = `${worker.origin}/v1/fashion-mnist/head.png?steps=1`;
  const length = async () => (await fetch(url, { method: "HEAD" })).headers.get("Content-Length");
  await length();
  const { byteLength } = await (await fetch(url)).arrayBuffer();
  expect(await length()).toBe(String(byteLength));
});
