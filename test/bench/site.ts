/**
 * `npm run bench:site`: a first visit over a slow line (1.6 Mbit/s, 150 ms round trip) on a slow processor (a quarter of this one): when the picture is there, what
 * holds the main thread up, and what of it a page with one word in it has too.
 */
import { chromium, type Page } from "playwright";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { startWorker } from "../support/start-worker.ts";
import { startWebPage } from "../support/web-page.ts";
import { inWords, startTrace, stopTrace } from "./main-thread.ts";

const LINE = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const SLOWER = 4;
const PAGES = [
  "/?seed=7",
  "/studio?seed=7",
  "/morph?seed=7&to=8",
  "/repaint?seed=7&from=8",
  "/how?seed=7",
  "/device?seed=7",
  "/langevin",
  "/langevin?scene=modes",
  "/langevin?scene=curve",
  "/langevin?scene=matching",
  "/langevin?scene=samplers",
  "/guide/widget",
  "/reference",
  "/models/fashion-mnist",
];
/** Milliseconds: a task that is told of; how long pages that draw nothing on the device are watched; and how long a new window of the browser needs for itself. */
const LONG = 100;
const WATCHED = 3000;
const SETTLING = 1500;
/** The most tasks that are told of for a page. */
const MOST = 3;

interface Seen {
  /** Milliseconds after the navigation began. */
  picture?: number;
  ready?: number;
}

/** In the page: notes the moments. The first picture is the stage's, the first result on /repaint, the first of the strip on /how. */
function watch(): void {
  const seen: Seen = {};
  (globalThis as unknown as { seen: Seen }).seen = seen;
  const look = () => {
    const image = document.querySelector<HTMLImageElement>("#stage img, #flow img");
    if ((image?.complete && image.naturalWidth > 0) || document.querySelector("#results canvas")) seen.picture ??= performance.now();
    if (document.querySelector("#device-state")?.textContent?.startsWith("The model is on")) seen.ready ??= performance.now();
    else if (document.querySelector("#device-state, head:only-child")) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const [worker, plain] = await Promise.all([startWorker(), startWebPage()]);
plain.set("<p>Word</p>");
const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
await fetch(`${worker.origin}/?seed=7`); // the Worker has started
const rows: Record<string, Record<string, number | string>> = {};
/** The longest tasks of each page that has tasks over `LONG`, in words. */
const longTasks: string[] = [];
for (const [name, url] of [["one word", plain.url], ...PAGES.map((path) => [path, worker.origin + path])])
  rows[name] = await visit(name, url);
console.table(rows);
console.log(longTasks.join("\n"));
await Promise.all([browser.close(), worker.stop(), plain.stop()]);

async function visit(name: string, url: string): Promise<Record<string, number | string>> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.waitForTimeout(SETTLING);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", LINE);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  await page.addInitScript(watch);
  await startTrace(browser, page);
  await page.goto(url);
  await finished(page);
  const { picture, ready } = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
  const tasks = await stopTrace(browser, url);
  await context.close();
  const long = tasks.filter(({ duration }) => duration > LONG);
  longTasks.push(...long.slice(0, MOST).map((task) => `${name}  ${inWords(task)}`));
  return {
    "first picture, ms": picture === undefined ? "" : Math.round(picture),
    "model on the device, ms": ready === undefined ? "" : Math.round(ready),
    "longest task, ms": Math.round(tasks[0].duration),
    [`tasks over ${LONG} ms`]: long.length,
    "most processor of a task, ms": Math.round(Math.max(...tasks.map(({ cpu }) => cpu))),
  };
}

async function finished(page: Page): Promise<void> {
  if ((await page.locator("#device-state").count()) > 0) await page.getByText("The model is on this device.").waitFor({ timeout: 60_000 });
  else await page.waitForTimeout(WATCHED);
}
