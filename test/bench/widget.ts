/**
 * `npm run bench -- widget`: pages with 20 and with 100 widgets in Chromium, on a first visit (the engine and the model
 * come from a Worker on this machine) and on a later one, and beside them a page without. Prints the time from the
 * page's start until all are drawn, and the main thread's tasks of more than 50 ms.
 */
import { setTimeout } from "node:timers/promises";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { startWorker } from "../support/start-worker.ts";
import { startWebPage } from "../support/web-page.ts";
import { inWords, type Task, trace } from "./main-thread.ts";
import { machine } from "./measure.ts";

const COUNTS = [0, 20, 100];
/**
 * Milliseconds: a task that is told of; and how long a new window of the browser needs for itself, which takes a core
 * from the page.
 */
const LONG = 50;
const SETTLING = 1500;

const { visits: VISITS } = newCommand("bench widget")
  .description("Visits pages with 20 and 100 widgets, and prints when all are drawn and which tasks block the page.")
  .option("--visits <n>", "of each page; the table has the median", numberIn("visits", 1, 100), 5)
  .parse(process.argv)
  .opts<{ visits: number }>();

interface Visit {
  /** Milliseconds since the navigation began. */
  readonly drawn: number;
  /** The longest first. */
  readonly longTasks: readonly Task[];
  readonly failed: number;
}

const [worker, site] = await Promise.all([startWorker(), startWebPage()]);
const browser = await puppeteer.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
try {
  console.log(`${await browser.version()}, ${machine()}\n`);
  console.log("widgets  visit   all drawn (median, slowest)   tasks over 50 ms");
  for (const count of COUNTS) await bench(browser, count);
} finally {
  await Promise.all([browser.close(), worker.stop(), site.stop()]);
}

async function bench(browser: Browser, count: number): Promise<void> {
  const first: Visit[] = [];
  const later: Visit[] = [];
  for (let i = 0; i < VISITS; i++) {
    const context = await browser.createBrowserContext(); // with caches of its own
    const page = await context.newPage();
    await setTimeout(SETTLING);
    await page.evaluateOnNewDocument(record);
    first.push(await visit(page, count, `first${i}`));
    later.push(await visit(page, count, `later${i}`));
    await context.close();
  }
  for (const [name, visits] of [
    ["first", first],
    ["later", later],
  ] as const)
    console.log(row(count, name, visits));
}

/** In the page, before anything else: what the elements and the browser tell. */
function record(): void {
  const told = { loads: 0, errors: 0, last: 0 };
  Object.assign(globalThis, { told });
  for (const type of ["load", "error"] as const) {
    const count = ({ target }: Event) => {
      if (!(target instanceof HTMLElement) || target.localName !== "anneal-sample") return;
      told[type === "load" ? "loads" : "errors"]++;
      told.last = performance.now();
    };
    document.addEventListener(type, count, { capture: true });
  }
}

type Recording = typeof globalThis & { told: { loads: number; errors: number; last: number } };

async function visit(page: Page, count: number, seed: string): Promise<Visit> {
  const elements = Array.from({ length: count }, (_, i) => `<anneal-sample seed="${seed}/${i}"></anneal-sample>`).join("");
  site.set(`<script type="module" src="${worker.origin}/embed.js"></script>${elements}`);
  const session = await page.createCDPSession();
  const traced = await trace(session, site.url);
  await page.goto(site.url);
  await page.waitForFunction(
    (count) => (globalThis as Recording).told.loads + (globalThis as Recording).told.errors >= count,
    { polling: 100 }, // in each frame it would be work of the page's
    count,
  );
  const { last, errors } = await page.evaluate(() => (globalThis as Recording).told);
  const longTasks = (await traced()).filter(({ duration }) => duration > LONG);
  return { drawn: last, longTasks, failed: errors };
}

function row(count: number, name: string, visits: readonly Visit[]): string {
  const times = visits.map(({ drawn }) => drawn).sort((a, b) => a - b);
  const seconds = (time: number) => `${(time / 1000).toFixed(2)} s`;
  const tasks = visits.flatMap(({ longTasks }) => longTasks).sort((a, b) => b.duration - a.duration);
  const failed = visits.reduce((sum, visit) => sum + visit.failed, 0);
  const what = [
    tasks.length === 0 ? "none" : `${tasks.length}, longest ${inWords(tasks[0])}`,
    ...(failed > 0 ? [`${failed} widgets failed`] : []),
  ];
  return (
    `${String(count).padStart(7)}  ${name}   ${seconds(times[times.length >> 1])}, ${seconds(times.at(-1) ?? 0)}`.padEnd(46) +
    what.join("; ")
  );
}
