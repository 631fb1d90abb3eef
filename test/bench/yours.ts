/**
 * `npm run bench -- yours --out minute.png`: the page "Your pictures" learns its example in a browser. Prints what the page loads, images a
 * second, memory and the longest task of the page's own thread, and draws what it shows at the start and after 10, 20 and 30
 * seconds: a row each, a column for each seed. All seconds are since the page was opened.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import puppeteer, { type Page } from "puppeteer-core";
import sharp from "sharp";
import { newCommand } from "../../training/cli/command-line.ts";
import { CHROMIUM_FLAGS, findChromium } from "../support/browsers.ts";
import { startWorker } from "../support/start-worker.ts";
import { machine, memoryBelow } from "./measure.ts";

const { out: OUT } = newCommand("bench yours")
  .description('Trains the page "Your pictures" on its example, and draws how its images become.')
  .option("--out <file.png>", "the images", "yours.png")
  .parse(process.argv)
  .opts<{ readonly out: string }>();

/** Seconds. */
const MOMENTS = [10, 20, 30];

/** How long the page's own thread was busy at most, in milliseconds. */
declare global {
  var longest: number;
}

console.log(machine());
const worker = await startWorker();
const launch = { executablePath: findChromium(), args: CHROMIUM_FLAGS, protocolTimeout: 0 };
const browser = await puppeteer.launch({ ...launch, defaultViewport: { width: 1280, height: 1000 } });
let memory = 0;
const watch = setInterval(() => {
  memory = Math.max(memory, memoryBelow(browser.process()!.pid!));
}, 500);
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  const opened = performance.now();
  const seconds = (): number => Math.round((performance.now() - opened) / 1000);
  await page.goto(`${worker.origin}/yours/`);
  await page.evaluate(watchTasks);
  await page.waitForSelector("#sources button");
  await press(page, "Try it with");
  await page.waitForSelector(".thumbs");
  await press(page, "Train");
  await page.waitForSelector("#sheet canvas");
  const sheets = new Map([["at the start", await sheetOf(page)]]);
  console.log(`first images after ${seconds()} s`);
  for (const moment of MOMENTS) {
    await wait(1000 * moment - (performance.now() - opened));
    sheets.set(`${moment} s`, await sheetOf(page));
    console.log(`${seconds()} s: ${await textOf(page, "#numbers")}`);
  }
  await page.waitForFunction(() => document.querySelector<HTMLElement>("#result")?.hidden === false, { polling: 500 });
  console.log(`done after ${seconds()} s: ${await textOf(page, "#verdict")}`);
  console.log(`memory of the page and its threads: ${Math.round(memory / 1e6)} MB at most`);
  const longest = await page.evaluate(() => globalThis.longest);
  console.log(`longest task of the page's own thread: ${Math.round(longest)} ms`);
  const picture = await browser.newPage(); // last: the other one is out of sight now
  await picture.setViewport({ width: 1400, height: 600 });
  writeFileSync(OUT, await pictureOf(picture, sheets));
} finally {
  clearInterval(watch);
  await Promise.all([browser.close(), worker.stop()]);
}

function watchTasks(): void {
  globalThis.longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
  });
  observer.observe({ type: "longtask", buffered: true });
}

async function press(page: Page, text: string): Promise<void> {
  const buttons = await page.$$("button");
  for (const button of buttons) if (await button.evaluate((one, text) => one.textContent?.startsWith(text), text)) return button.click();
  throw new Error(`Expected a button "${text}"`);
}

function textOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) => element.textContent ?? "");
}

/** The images that the page shows now, as data URLs. */
function sheetOf(page: Page): Promise<string[]> {
  return page.$$eval("#sheet canvas", (all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
}

/** PNG: a row for each moment, a column for each seed, on white. */
async function pictureOf(page: Page, sheets: ReadonlyMap<string, readonly string[]>): Promise<Buffer> {
  const cells = [...sheets].flatMap(([moment, images]) => [`<span>${moment}</span>`, ...images.map((image) => `<img src="${image}">`)]);
  await page.setContent(`<style>
    div { display: inline-grid; grid-template-columns: max-content repeat(16, 64px); gap: 8px; align-items: center; padding: 8px; }
    div { background: #fff; color: #222; font: 24px sans-serif; }
    span { padding-inline-end: 12px; text-align: end; }
    img { width: 64px; image-rendering: pixelated; border-radius: 6px; }
  </style><div>${cells.join("")}</div>`);
  const element = await page.waitForSelector("div");
  return sharp(await element!.screenshot())
    .png({ palette: true, compressionLevel: 9 })
    .toBuffer();
}
