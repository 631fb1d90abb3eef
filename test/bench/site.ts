/** `npm run bench:site`: a first visit over a slow line (1.6 Mbit/s, 150 ms round trip) on a slow processor (a quarter of this one): when the picture is there, and what holds the page up. */
import { chromium } from "playwright";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { startWorker } from "../support/start-worker.ts";

const LINE = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const SLOWER = 4;
const PAGES = ["/?seed=7", "/studio?seed=7", "/morph?seed=7&to=8", "/repaint?seed=7&from=8", "/how?seed=7"];

interface Seen {
  /** Milliseconds after the navigation began. */
  picture?: number;
  ready?: number;
  /** Milliseconds of each task over 50 ms. */
  readonly tasks: number[];
}

/** In the page: notes the moments. The first picture is the stage's, the first result on /repaint, the first of the strip on /how. */
function watch(): void {
  const seen: Seen = { tasks: [] };
  (globalThis as unknown as { seen: Seen }).seen = seen;
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: "longtask",
    buffered: true,
  });
  const look = () => {
    const image = document.querySelector<HTMLImageElement>("#stage img, #flow img");
    if ((image?.complete && image.naturalWidth > 0) || document.querySelector("#results canvas")) seen.picture ??= performance.now();
    if (document.querySelector("#device-state")?.textContent?.startsWith("The model is on")) seen.ready ??= performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const worker = await startWorker();
const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
await fetch(`${worker.origin}/?seed=7`); // the Worker has started
const rows: Record<string, Record<string, number>> = {};
for (const path of PAGES) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", LINE);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  await page.addInitScript(watch);
  await page.goto(worker.origin + path);
  await page.getByText("The model is on this device.").waitFor({ timeout: 60_000 });
  const { picture = Number.NaN, ready = Number.NaN, tasks } = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
  rows[path] = {
    "first picture, ms": Math.round(picture),
    "model on the device, ms": Math.round(ready),
    "longest task, ms": Math.round(Math.max(0, ...tasks)),
    "tasks over 100 ms": tasks.filter((duration) => duration > 100).length,
  };
  await context.close();
}
console.table(rows);
await Promise.all([browser.close(), worker.stop()]);
