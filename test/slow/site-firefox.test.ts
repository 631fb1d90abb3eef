/** The site in the machine's own Firefox, driven by WebDriver BiDi (Playwright drives a Firefox of its own only). */
import { join } from "node:path";
import puppeteer, { type Browser, type ElementHandle, type KeyInput, type Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, expect, inject, it } from "vitest";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { findFirefox, PREFERENCES } from "../support/browsers.ts";
import { temporaryFolder } from "../support/files.ts";
import { filesOfNode, OF_EACH, writeOwnPictures } from "../support/own-pictures.ts";
import { KEYS, siteChecks } from "../support/site-checks.ts";

let browser: Browser;
let page: Page;
const faults: unknown[] = [];

beforeAll(async () => {
  browser = await puppeteer.launch({ browser: "firefox", executablePath: findFirefox(), extraPrefsFirefox: PREFERENCES });
  page = await browser.newPage();
  page.setDefaultTimeout(600_000);
  page.on("pageerror", (error) => {
    if (!String(error).includes("Missing 'wasm-unsafe-eval'")) faults.push(error); // one page forbids it
  });
});

afterEach(() => expect(faults.splice(0)).toEqual([]));
afterAll(() => browser?.close());

siteChecks(() => ({
  goto: async (url) => void (await page.goto(url)),
  goBack: async () => void (await page.goBack()),
  evaluate: (script, ...args) => page.evaluate(script as never, ...args),
  waitFor: async (condition, ...args) => void (await page.waitForFunction(condition as never, {}, ...args)),
  click: (selector) => page.click(selector),
  async type(selector, text) {
    await page.focus(selector);
    await page.$eval(selector, (element) => (element as HTMLInputElement).select?.());
    for (const key of text) await page.keyboard.press(key === KEYS.Enter ? "Enter" : key === KEYS.End ? "End" : (key as KeyInput));
  },
}));

const own = writeOwnPictures(temporaryFolder("firefox-yours"), "pictures", ["."]);

it("trains pictures on the device: Node's weights, within 1e-3", async () => {
  await page.goto(`${inject("origin")}/yours/`);
  const choose = async (field: string, ...files: string[]): Promise<void> =>
    ((await page.waitForSelector(field)) as ElementHandle<HTMLInputElement>).uploadFile(...files);
  await choose("#files", ...Array.from({ length: OF_EACH }, (_, i) => join(own.data, `${i}.png`)));
  await page.waitForFunction(() => document.querySelectorAll(".thumbs button").length === 8);
  await page.$eval("#images", (field) => ((field as HTMLInputElement).value = "64"));
  await choose("#start-from", own.start);
  await page.click("#buttons .primary:not([hidden])");
  await page.waitForFunction(() => document.querySelector("#status")?.textContent?.startsWith("Done"));
  const received = await page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const opening = indexedDB.open("anneal-yours");
        opening.onsuccess = () => {
          const reading = opening.result.transaction("page").objectStore("page").get("model");
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
