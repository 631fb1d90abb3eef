/** The site in the machine's own Firefox, driven by WebDriver BiDi (Playwright drives a Firefox of its own only): no rule of axe broken, and a visitor's main ways. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findFirefox, PREFERENCES } from "../support/firefox.ts";
import { PAGES } from "../support/pages.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";

let worker: RunningWorker;
let browser: Browser;
let axe: string;

beforeAll(async () => {
  [worker, browser, axe] = await Promise.all([
    startWorker(),
    puppeteer.launch({ browser: "firefox", executablePath: findFirefox(), extraPrefsFirefox: PREFERENCES }),
    readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8"),
  ]);
});

afterAll(async () => {
  await Promise.all([worker?.stop(), browser?.close()]);
});

async function open(path: string, act: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage();
  const faults: unknown[] = [];
  page.on("pageerror", (error) => faults.push(error));
  await page.goto(worker.origin + path);
  await page.waitForSelector("main:not([aria-busy=true])");
  await act(page);
  expect(faults).toEqual([]);
  await page.close();
}

const fieldValue = (page: Page, selector: string): Promise<string> => page.$eval(selector, (field) => (field as HTMLInputElement).value);
const address = (page: Page): string => page.url().slice(worker.origin.length);

it.each(PAGES)("%s breaks no rule", (path) =>
  open(path, async (page) => {
    await page.setViewport({ width: 390, height: 800 });
    await page.evaluate(axe);
    const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }),
);

it("types a seed, presses Enter, scrubs, and goes back", () =>
  open("/?seed=7", async (page) => {
    await page.click('[name="seed"]', { count: 3 });
    await page.keyboard.type("alice");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.search === "?seed=alice");
    await page.waitForSelector("main[aria-busy=false]");
    await page.click("#replay");
    await page.click("#play"); // pauses
    await page.focus("#scrub");
    await page.keyboard.press("Home");
    expect(await page.$eval("#scrub", (scrub) => scrub.getAttribute("aria-valuetext"))).toBe("σ 20, step 0 of 8");
    await page.goBack();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[name="seed"]')?.value === "7");
    expect(address(page)).toBe("/?seed=7");
  }));

it("draws on the device the bytes that the edge serves", () =>
  open("/studio?seed=7", async (page) => {
    await page.waitForFunction(() => document.querySelector("#device-state")?.textContent === "The model is on this device.");
    await page.select('[name="sampler"]', "heun");
    await page.waitForFunction(() => document.querySelector("#status")?.textContent?.startsWith("Drawn by this device"));
    const drawn = await page.$eval("#download", async (link) => [
      ...new Uint8Array(await (await fetch((link as HTMLAnchorElement).href)).arrayBuffer()),
    ]);
    const served = new Uint8Array(await (await fetch(`${worker.origin}/sample?seed=7&sampler=heun`)).arrayBuffer());
    expect(drawn).toEqual([...served]);
  }));

it("paints the mask with keyboard and mouse", () =>
  open("/repaint?seed=7&from=8", async (page) => {
    const openPixels = () => page.$eval("#canvas", (canvas) => Number((canvas as HTMLElement).dataset.open));
    await page.click("#clear");
    await page.waitForFunction(() => document.querySelector<HTMLElement>("#canvas")?.dataset.open === "0");
    await page.select("#brush", "1");
    await page.focus("#editor");
    await page.keyboard.press("Space");
    await page.waitForFunction(() => document.querySelector<HTMLElement>("#canvas")?.dataset.open === "1");
    const { x, y } = (await (await page.$("#canvas"))?.boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.click(x + 5, y + 5);
    await page.waitForFunction(() => document.querySelector<HTMLElement>("#canvas")?.dataset.open === "2");
    expect(await openPixels()).toBe(2);
    await page.goBack();
    await page.waitForFunction(() => document.querySelector<HTMLElement>("#canvas")?.dataset.open === "1");
  }));

it("morphs", () =>
  open("/morph?seed=7&to=8", async (page) => {
    await page.focus("#t");
    await page.keyboard.press("End");
    await page.waitForFunction(() => new URL(location.href).searchParams.get("t") === "1");
    expect(await fieldValue(page, "#t")).toBe("1");
  }));
