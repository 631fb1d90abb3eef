/**
 * `npm run bench -- yours --out minute.png`: the page "Your pictures" learns its example in a browser. Prints where the seconds from
 * opening to files go, memory, and the longest task of the page's own thread; draws what the page shows at the start and after 10, 20
 * and 30 seconds: a row each, a column for each seed.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import puppeteer, { type Page } from "puppeteer-core";
import sharp from "sharp";
import { newCommand } from "../../training/cli/command-line.ts";
import { textTable } from "../lab/quality.ts";
import { CHROMIUM_FLAGS, findChromium } from "../support/browsers.ts";
import { startWorker } from "../support/start-worker.ts";
import { machine, memoryBelow } from "./measure.ts";

const { out: OUT } = newCommand("bench yours")
  .description('Takes a visit to the page "Your pictures" apart, and draws how the images of its example become.')
  .option("--out <file.png>", "the images", "yours.png")
  .parse(process.argv)
  .opts<{ readonly out: string }>();

/** Seconds. */
const MOMENTS = [10, 20, 30];

/** What the learner notes (worker/pages/yours/session.ts), and what else the table says of it. */
const WORDS: Readonly<Record<string, string>> = {
  "cool-down": "copying the best weights",
  step: "steps at the constant rate",
  "cooling step": "guided steps of the cool-down",
  "calibrating until 0.4": "contrast, 800 images",
  "calibrating until 0.8": "calibration",
  "comparing until 1": "64 images to compare",
};

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
  await page.tracing.start({ categories: ["blink.user_timing", "toplevel", "disabled-by-default-devtools.timeline"] });
  const opened = performance.now();
  await page.goto(`${worker.origin}/yours/`);
  await page.evaluate(watchTasks);
  await page.waitForSelector("#sources button");
  await press(page, "Try it with");
  await page.waitForSelector(".thumbs");
  await press(page, "Train");
  await page.waitForSelector("#sheet canvas");
  const sheets = new Map([["at the start", await sheetOf(page)]]);
  for (const moment of MOMENTS) {
    await wait(1000 * moment - (performance.now() - opened));
    sheets.set(`${moment} s`, await sheetOf(page));
  }
  await page.waitForFunction(() => document.querySelector<HTMLElement>("#result")?.hidden === false, { polling: 500 });
  const seconds = (performance.now() - opened) / 1000;
  const verdict = await page.$eval("#verdict", ({ textContent }) => textContent);
  const facts = await page.$eval("#facts", ({ textContent }) => textContent);
  const trace = (await page.tracing.stop())!;
  console.log(`${seconds.toFixed(1)} s from opening to files: ${verdict} ${facts}`);
  console.log(textTable(partsOf(JSON.parse(new TextDecoder().decode(trace)).traceEvents, seconds)));
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

/** What Chromium traces: a part of the learner's work begins (b) or ends (e), or a thread has done a task (X). Microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly cat: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args: { readonly name?: string };
}

/** The parts of a visit: how often, seconds, and those in which the learner's thread and its helper's worked. */
function partsOf(events: readonly TraceEvent[], seconds: number): string[][] {
  const workers = events.filter(({ name, args }) => name === "thread_name" && args.name === "DedicatedWorker thread").map(({ tid }) => tid);
  const noted = events.filter(({ cat, ph, tid }) => cat === "blink.user_timing" && "be".includes(ph) && workers.includes(tid));
  const [learner] = noted.map(({ tid }) => tid);
  const tasks = events.filter(({ name, ph, tid }) => name === "RunTask" && ph === "X" && workers.includes(tid));
  /** Seconds of tasks between two moments: of the learner, or of the other threads that work while it trains. */
  const busy = (isLearner: boolean, from: number, to: number): number =>
    tasks
      .filter(({ tid }) => (tid === learner) === isLearner)
      .reduce((sum, { ts, dur = 0 }) => sum + Math.max(0, Math.min(ts + dur, to) - Math.max(ts, from)), 0);
  const parts = new Map<string, number[]>();
  const ends = noted.filter(({ ph }) => ph === "e").sort((a, b) => a.ts - b.ts);
  const first = noted.reduce((least, { ts }) => Math.min(least, ts), Number.POSITIVE_INFINITY);
  let from = first;
  for (const { name, ts: to } of ends) {
    const [times, ...sums] = parts.get(name) ?? [0, 0, 0, 0];
    parts.set(name, [times + 1, ...[to - from, busy(true, from, to), busy(false, from, to)].map((micro, k) => sums[k] + micro)]);
    from = to;
  }
  const rest = seconds - (from - first) / 1e6;
  const rows = Array.from(parts, ([name, [times, ...micro]]) => [
    WORDS[name] ?? name,
    `${times}`,
    ...micro.map((one) => (one / 1e6).toFixed(2)),
  ]);
  return [["", "times", "seconds", "learner", "helper"], ["page, before and after", "", rest.toFixed(2), "", ""], ...rows];
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
