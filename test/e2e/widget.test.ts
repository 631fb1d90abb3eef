/** The widget as people use it: /embed.js of a running Worker, in a page of another origin, in a real Chromium. */
import { readFile } from "node:fs/promises";
import type { OutgoingHttpHeaders } from "node:http";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { BrowserContext, Page } from "playwright";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundled } from "../support/bundled.ts";
import { workerAndChromium } from "../support/visit.ts";
import { drawnByWidget, startWebPage } from "../support/web-page.ts";

const { worker, browser } = workerAndChromium();
const readme = await readFile(resolve(import.meta.dirname, "../../worker/element/README.md"), "utf8");
let context: BrowserContext;
let page: Page;
/** Errors that no one caught, and addresses that the page asked for. */
let uncaught: Error[];
let requests: string[];

const site = await startWebPage();

afterAll(() => site?.stop());

beforeEach(async () => {
  context = await browser.newContext();
  context.setDefaultTimeout(100_000);
  page = await context.newPage();
  uncaught = [];
  requests = [];
  context.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => uncaught.push(error));
});

afterEach(async () => {
  await context.close();
  expect(uncaught).toEqual([]);
});

describe("on the device", () => {
  it("draws the bytes that /sample serves, one image after the other, and loads script and model once", async () => {
    const others = [
      { seed: "süß 🌰", label: "robot", steps: "3" },
      { seed: "7", label: "0", steps: "2", size: "100" },
    ];
    const wanted = [{ seed: "7" }, ...others].map((options) => ({ model: "avatars", ...options }));
    await embed(wanted.map(element).join(""));
    for (const [i, options] of wanted.entries())
      expect(await drawnByWidget(page.locator("anneal-sample").nth(i))).toEqual(await shown(options));
    for (const file of [/embed\.js$/, /v1\/models$/, /@[0-9a-f]{32}\/model\.onnx$/])
      expect(requests.filter((url) => file.test(url))).toHaveLength(1);
    expect(requests.filter((url) => /\.wasm|assets/.test(url))).toEqual([]);
    expect(requests.filter((url) => url.includes("/sample"))).toEqual([]);
  });

  const [policy] = readme.split("```text\n")[1].split("```");

  it("works in a cross-origin isolated page, and under a Content-Security-Policy that allows only what it needs", async () => {
    await embed(element({ seed: "7", steps: "1" }), {
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Content-Security-Policy": `default-src 'none'; ${policy.replaceAll("https://your-worker.example", worker.origin).replaceAll("\n", " ")}`,
    });
    expect(await drawnByWidget(page.locator("anneal-sample"))).toEqual(await shown({ seed: "7", steps: "1" }));
  });
});

it.each([
  ["workers", "script-src ORIGIN 'wasm-unsafe-eval'; connect-src ORIGIN; worker-src 'none'"],
  ["WebAssembly", "script-src ORIGIN; connect-src ORIGIN; worker-src blob:"],
  ["all of them, and workers from mere addresses", "script-src ORIGIN; require-trusted-types-for 'script'"],
])("where the device cannot draw, a child from the server stays: the page's policy forbids %s", async (_what, policy) => {
  const headers = { "Content-Security-Policy": `default-src 'none'; img-src ORIGIN; ${policy}`.replaceAll("ORIGIN", worker.origin) };
  const child = `<img src="${worker.origin}/sample?seed=7&class=plant" alt="A plant">`;
  await embed(`<anneal-sample seed="7" label="plant">${child}</anneal-sample><anneal-sample seed="7"></anneal-sample>`, headers);
  const [first, second] = [0, 1].map((i) => page.locator("anneal-sample").nth(i));
  await second.getByText("This image could not be drawn.").waitFor();
  expect(
    await first.getByRole("img", { name: "A plant" }).evaluate((img: HTMLImageElement) => [img.naturalWidth, img.checkVisibility()]),
  ).toEqual([16, true]);
  expect(await first.getByText("This image could not be drawn.").isVisible()).toBe(false);
});

it("in a page of Vue draws what the page says, with the widget's script after the page's own", async () => {
  const app = await bundled(resolve(import.meta.dirname, "apps/vue-client.ts"), { "process.env.NODE_ENV": '"production"' });
  await context.route("**/app.js", (route) => route.fulfill({ contentType: "text/javascript", body: app }));
  const delayed = `<script>addEventListener("load", () => { const s = document.createElement("script"); s.type = "module"; s.src = "${worker.origin}/embed.js"; document.head.append(s); });</script>`;
  site.set(`<div id="app"></div><script type="module" src="/app.js"></script>${delayed}`);
  await page.goto(site.url, { waitUntil: "commit" });
  await page.locator("output", { hasText: "drawn 7" }).waitFor();
  const sample = page.locator("anneal-sample.avatar[label=plant]");
  expect(await sample.evaluate((sample) => [sample.hasAttribute("animated"), sample.querySelector("img")?.checkVisibility()])).toEqual([
    true,
    false,
  ]);
  await page.getByRole("button").click();
  await page.locator("output", { hasText: "drawn 8" }).waitFor();
  expect(await drawnByWidget(sample)).toEqual(await shown({ seed: "8", label: "plant", steps: "2" }));
});

it("draws in a page of a blob's address, as one that is saved may have", async () => {
  const script = (await (await fetch(`${worker.origin}/element.js`)).text()).replaceAll("</script", "<\\/script");
  const html = `${element({ src: `${worker.origin}/`, seed: "7" })}<script type="module">${script}</script>`;
  site.set("");
  await page.goto(site.url);
  await page.evaluate((text) => location.assign(URL.createObjectURL(new Blob([text], { type: "text/html" }))), html);
  expect(await drawnByWidget(page.locator("anneal-sample"))).toEqual(await shown({ seed: "7" }));
});

describe("/embed.js", () => {
  it("has at most 113 KB, compressed, without the model", async () => {
    const script = new Uint8Array(await (await fetch(`${worker.origin}/embed.js`)).arrayBuffer());
    const { length } = gzipSync(script, { level: 9 });
    console.log(`embed.js: ${script.length} bytes, ${length} compressed`);
    expect(length).toBeLessThan(113_000);
  });

  it("has beside it what its README names", async () => {
    const paths = [...readme.matchAll(/https:\/\/your-worker\.example(\/[\w./-]+)/g)].map(([, path]) => path);
    expect(paths.length).toBeGreaterThan(2);
    for (const path of new Set(paths)) expect([path, (await fetch(worker.origin + path)).ok]).toEqual([path, true]);
  });
});

/** Goes to a page of another origin with the widget in it. */
async function embed(body: string, headers?: OutgoingHttpHeaders): Promise<void> {
  site.set(`<script type="module" src="${worker.origin}/embed.js"></script>${body}`, headers);
  await page.goto(site.url, { waitUntil: "commit" });
}

function element(attributes: Record<string, string>): string {
  return `<anneal-sample ${Object.entries(attributes)
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ")}></anneal-sample>`;
}

/** What the server draws for these attributes in the element's 112 pixels: without a size, avatars four times as large as native, and pixel art as it is. */
async function shown({ label, ...options }: Record<string, string>): Promise<Buffer> {
  const query = new URLSearchParams({ ...(options.model && { size: "128" }), ...options, ...(label && { class: label }) });
  return Buffer.from(await (await fetch(`${worker.origin}/sample?${query}`)).bytes());
}
