/**
 * WebKit, the engine of every browser on iPhones: the widget in a page of somebody else's, and the site's pages with a
 * visitor's main ways.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { prepareWebKit } from "../setup/machine.ts";
import { PAGES } from "../support/pages.ts";
import { startWebPage } from "../support/web-page.ts";
import { KEYS, launchWebKit, type WebKit } from "../support/webkit.ts";

const origin = inject("origin");
let webkit: WebKit;
let axe: string;

beforeAll(async () => {
  prepareWebKit();
  axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
  webkit = await launchWebKit();
});

afterAll(() => webkit?.close());

/** What the widgets of the page in the window show, and who drew it. */
const widgets = () =>
  webkit.evaluate(async () => {
    type Sample = Element & { readonly renderedBy?: string; toBlob(): Promise<Blob> };
    await customElements.whenDefined("anneal-sample");
    const shown: (readonly [renderedBy: string | undefined, bytes: number[]])[] = [];
    for (const sample of document.querySelectorAll<Sample>("anneal-sample")) {
      const bytes = [...new Uint8Array(await (await sample.toBlob()).arrayBuffer())];
      shown.push([sample.renderedBy, bytes]);
    }
    return shown;
  });

it.each([
  ["draws on the device", "'wasm-unsafe-eval'", "device"],
  ["shows the server's image where the page forbids WebAssembly", "", "edge"],
])("the widget %s", async (_what, more, drawnBy) => {
  const queries = [
    "seed=7&size=32",
    "seed=7&class=robot&size=56",
    "seed=7&model=mnist&size=28",
    "seed=7&sampler=heun&steps=6&size=32",
    "seed=7&to=8&t=0.25&size=32",
  ];
  const site = await startWebPage();
  try {
    const elements = queries.map((query) => {
      const attributes = [...new URLSearchParams(query)].map(([name, value]) => ` ${name === "class" ? "label" : name}="${value}"`);
      return `<anneal-sample${attributes.join("")}></anneal-sample>`;
    });
    site.set(`${elements.join("")}<script type="module" src="${origin}/embed.js"></script>`, {
      "Content-Security-Policy": `script-src ${origin} ${more}; connect-src ${origin}; worker-src blob:`,
    });
    await webkit.goto(site.url);
    const shown = await widgets();
    for (const [i, query] of queries.entries()) {
      const expected = [...new Uint8Array(await (await fetch(`${origin}/sample?${query}`)).arrayBuffer())];
      expect([query, shown[i]]).toEqual([query, [drawnBy, expected]]);
    }
  } finally {
    await site.stop();
  }
});

/** Whatever is done with it, the page breaks no rule of axe afterwards. */
async function open(path: string, act?: () => Promise<void>): Promise<void> {
  await webkit.goto(origin + path);
  await webkit.waitFor(() => document.querySelector("main"));
  await act?.();
  await webkit.evaluate(axe);
  const { violations } = await webkit.evaluate<[], Promise<AxeResults>>("return axe.run()");
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

const status = (beginning: string) =>
  webkit.waitFor((beginning: string) => document.querySelector("#status")?.textContent?.startsWith(beginning), beginning);

/** The page's script has made the element. */
const made = (selector: string) => webkit.waitFor((selector: string) => document.querySelector(selector), selector);

it.each(PAGES)("%s opens and breaks no rule", (path) => open(path));

it("types a seed, presses Enter and goes back", () =>
  open("/#seed=7", async () => {
    await made('[name="seed"]');
    await webkit.type('[name="seed"]', `alice${KEYS.Enter}`);
    await webkit.waitFor(() => location.hash.includes("seed=") && location.hash !== "#seed=7");
    await status("Drawn by this device");
    await webkit.goBack();
    await webkit.waitFor(() => document.querySelector<HTMLInputElement>('[name="seed"]')?.value === "7");
  }));

it("draws by keyboard", () =>
  open("/create/", async () => {
    await made("#pad[tabindex]");
    await webkit.type("#pad", "  ");
    await webkit.waitFor(() => document.querySelector<HTMLElement>("#pad canvas")?.dataset.strokes === "1");
    await webkit.waitFor(() => document.querySelectorAll("#variants:not([hidden]) button").length === 4);
  }));

it("compares the device with the edge: 20 of 20 images have the same bytes", () =>
  open("/build/#device", async () => {
    await made("#controls button");
    await webkit.evaluate(() => document.querySelector("#controls")?.scrollIntoView()); // sections out of sight are not laid out
    await webkit.waitFor(() => document.querySelector("#controls button")?.checkVisibility({ contentVisibilityAuto: true }));
    await webkit.click("#controls button");
    await status("20 of 20 images");
  }));

it("runs the playground", () =>
  open("/playground/#scene=modes", async () => {
    await made('.ready [name="weight"]'); // before, it is not visible, and a hidden field takes no key
    await webkit.type('[name="weight"]', KEYS.End);
    await webkit.waitFor(() => location.hash.includes("weight=95"));
  }));
