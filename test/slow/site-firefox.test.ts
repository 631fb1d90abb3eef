/**
 * The site in the machine's own Firefox, driven by WebDriver BiDi (Playwright drives a Firefox of its own only): no
 * rule of axe broken, and a visitor's main ways.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import puppeteer, { type Browser, type ElementHandle, type Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { findFirefox, PREFERENCES } from "../support/firefox.ts";
import { filesOfNode, OF_EACH, writeOwnPictures } from "../support/own-pictures.ts";
import { PAGES } from "../support/pages.ts";
import { startWebPage } from "../support/web-page.ts";

const origin = inject("origin");
let browser: Browser;
let axe: string;

beforeAll(async () => {
  axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
  browser = await puppeteer.launch({ browser: "firefox", executablePath: findFirefox(), extraPrefsFirefox: PREFERENCES });
});

afterAll(() => browser?.close());

/** Whatever is done with it, the page breaks no rule of axe afterwards. */
async function open(path: string, act?: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage();
  const faults: unknown[] = [];
  page.on("pageerror", (error) => faults.push(error));
  await page.goto(origin + path);
  await page.waitForSelector("main");
  await page.evaluate(axe);
  await act?.(page);
  const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  expect(faults).toEqual([]);
  await page.close();
}

it.each(PAGES)("%s opens and breaks no rule", (path) => open(path));

it("draws widgets in a page of another origin, under a strict policy, on the device", async () => {
  const site = await startWebPage();
  const page = await browser.newPage();
  try {
    const queries = ["seed=7&size=32", "seed=7&model=mnist&size=28", "seed=7&sampler=heun&steps=6&size=32"];
    const elements = queries.map((query) => {
      const attributes = [...new URLSearchParams(query)].map(([name, value]) => ` ${name}="${value}"`);
      return `<anneal-sample${attributes.join("")}></anneal-sample>`;
    });
    site.set(`${elements.join("")}<script type="module" src="${origin}/embed.js"></script>`, {
      "Content-Security-Policy": `script-src ${origin} 'wasm-unsafe-eval'; connect-src ${origin}; worker-src blob:`,
    });
    await page.goto(site.url);
    for (const [i, query] of queries.entries()) {
      await page.waitForFunction(
        (i) => (document.querySelectorAll("anneal-sample")[i] as Element & { renderedBy?: string }).renderedBy === "device",
        {},
        i,
      );
      const drawn = await page.evaluate(async (i) => {
        const sample = document.querySelectorAll("anneal-sample")[i] as Element & { toBlob(): Promise<Blob> };
        return [...new Uint8Array(await (await sample.toBlob()).arrayBuffer())];
      }, i);
      expect(Buffer.from(drawn).equals(await (await fetch(`${origin}/sample?${query}`)).bytes())).toBe(true);
    }
  } finally {
    await page.close();
    await site.stop();
  }
});

it("types a seed, presses Enter, and goes back", () =>
  open("/#seed=7", async (page) => {
    await page.click('[name="seed"]', { count: 3 });
    await page.keyboard.type("alice");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash === "#seed=alice");
    await page.waitForFunction(() => document.querySelector("#status")?.textContent?.startsWith("Drawn by this device"));
    await page.goBack();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[name="seed"]')?.value === "7");
  }));

it("draws with keyboard and mouse, and goes back", () =>
  open("/create/", async (page) => {
    const strokes = (count: string) =>
      page.waitForFunction((count) => document.querySelector<HTMLElement>("#pad canvas")?.dataset.strokes === count, {}, count);
    await page.waitForSelector("#pad[tabindex]"); // from now on it hears the keys
    await page.focus("#pad");
    await page.keyboard.press(" ");
    await page.keyboard.press(" ");
    await strokes("1");
    await page.waitForFunction(() => document.querySelectorAll("#variants:not([hidden]) button").length === 4);
    await page.$eval("#pad", (pad) => pad.scrollIntoView());
    const { x, y } = (await (await page.$("#pad"))?.boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.click(x + 5, y + 5);
    await strokes("2");
    await page.goBack();
    await strokes("1");
  }));

it("compares the device with the edge", () =>
  open("/build/#device", async (page) => {
    const button = await page.waitForSelector("#controls button");
    await button!.scrollIntoView(); // sections out of sight are not laid out
    await page.waitForFunction(() => document.querySelector("#controls button")?.checkVisibility({ contentVisibilityAuto: true }));
    await button!.click();
    await page.waitForFunction(() => document.querySelector("#status")?.textContent?.startsWith("20 of 20 images"), { timeout: 180_000 });
  }));

it("runs the playground", () =>
  open("/playground/#scene=modes", async (page) => {
    await page.waitForFunction(() => /after [1-9]|Playing/.test(document.querySelector(".report")?.textContent ?? ""));
    await page.click(".movement .primary");
    await page.focus('[name="weight"]');
    await page.keyboard.press("End");
    await page.waitForFunction(() => location.hash.includes("weight=95"));
  }));

it("trains pictures on the device: Node's weights, within 1e-3", async () => {
  const folder = mkdtempSync(join(tmpdir(), "anneal-firefox-yours-"));
  const own = writeOwnPictures(folder, "pictures", ["."]);
  try {
    await open("/yours/#images=64", async (page) => {
      const choose = async (field: string, ...files: string[]): Promise<void> =>
        ((await page.waitForSelector(field)) as ElementHandle<HTMLInputElement>).uploadFile(...files);
      await choose("#files", ...Array.from({ length: OF_EACH }, (_, i) => join(own.data, `${i}.png`)));
      await page.waitForFunction(() => document.querySelectorAll(".thumbs button").length === 8);
      await page.click("summary");
      await choose("#start-from", own.start);
      await page.click("#buttons .primary");
      await page.waitForFunction(() => document.querySelector("#status")?.textContent?.startsWith("Done"), { timeout: 600_000 });
      const received = await page.evaluate(
        () =>
          new Promise<number[]>((resolve) => {
            const opening = indexedDB.open("anneal-yours");
            opening.onsuccess = () => {
              const reading = opening.result.transaction("kept").objectStore("kept").get("outcome");
              reading.onsuccess = () => resolve([...(reading.result as { fp32: Uint8Array }).fp32]);
            };
          }),
      );
      const { floats } = readModel(Uint8Array.from(received)).weights;
      const expected = readModel((await filesOfNode(own, 64))["model-fp32.onnx"]).weights.floats;
      for (const [path, values] of expected) {
        const error = values.reduce((most, value, i) => Math.max(most, Math.abs(value - floats.get(path)![i])), 0);
        expect(error, path).toBeLessThan(1e-3);
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
