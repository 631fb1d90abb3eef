/**
 * `npm run bench -- site --visits 3`: first visits over a slow line (1.6 Mbit/s, 150 ms round trip) on a slow processor
 * (a quarter of this one): when the image is there, what holds the main thread up, and what of it a page with one
 * word in it has too; and how long the image on /draw takes to follow the pen.
 */
import { setTimeout } from "node:timers/promises";
import puppeteer, { type BrowserContext, type CDPSession } from "puppeteer-core";
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { startWorker } from "../support/start-worker.ts";
import { startWebPage } from "../support/web-page.ts";
import { inWords, type Task, trace } from "./main-thread.ts";
import { machine } from "./measure.ts";
import { pointerToPixels } from "./pointer-to-pixels.ts";

const { visits: VISITS } = newCommand("bench site")
  .description("Visits the site's pages over a slow line on a slow processor, and prints what a visitor waits for.")
  .option("--visits <n>", "of each page: what else the machine does makes a task half as long again", numberIn("visits", 1, 100), 3)
  .parse(process.argv)
  .opts<{ visits: number }>();

const LINE = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const SLOWER = 4;
const PAGES = [
  "/",
  "/draw?class=Sneaker&seed=7",
  "/studio?model=avatars&seed=7",
  "/morph?seed=7&to=8",
  "/repaint?seed=7&from=8",
  "/how?seed=7",
  "/device?seed=7",
  "/langevin",
  "/langevin?scene=modes",
  "/langevin?scene=curve",
  "/langevin?scene=matching",
  "/langevin?scene=samplers",
  "/langevin?scene=correlated",
  "/guide/widget",
  "/reference",
  "/models/fashion-mnist",
];
/**
 * Milliseconds: a task that is told of; how often the page is looked at; how long, where it draws nothing on the
 * device, and elsewhere at most; and how long a new window of the browser needs for itself.
 */
const LONG = 100;
const OFTEN = 20;
const WATCHED = 3000;
const LONGEST = 60_000;
const SETTLING = 1500;
/** Milliseconds from a pointer's event to pixels, by model. */
const BUDGETS: Readonly<Record<string, number>> = { "fashion-mnist": 16, mnist: 16, avatars: 32, cifar10: 50 };
/** The most tasks that are told of for a page. */
const MOST = 3;

interface Seen {
  /** Milliseconds after the navigation began. */
  image?: number;
  ready?: number;
}

interface Visit extends Seen {
  /** The longest first. */
  readonly tasks: readonly Task[];
}

/**
 * In the page: notes the moments, looking every `often` milliseconds, until the model is on the device; on a page that
 * needs none, for `watched` milliseconds. The first image is the stage's, the first result on /repaint, the first of
 * the strip on /how. Throws an Error after `longest`.
 */
function watch(often: number, watched: number, longest: number): Promise<Seen> {
  const seen: Seen = {};
  return new Promise((resolve, reject) => {
    const look = () => {
      const image = document.querySelector<HTMLImageElement>("#stage img, #flow img");
      if ((image?.complete && image.naturalWidth > 0) || document.querySelector("#results canvas")) seen.image ??= performance.now();
      if (document.querySelector("#device-state")?.textContent?.startsWith("The model is on")) {
        seen.ready = performance.now();
        resolve(seen);
      } else globalThis.setTimeout(look, often); // in a frame it would be work of the page's
    };
    look();
    globalThis.setTimeout(() => !document.querySelector("#device-state") && resolve(seen), watched);
    globalThis.setTimeout(() => reject(new Error(`Expected the model on the device within ${longest} ms`)), longest);
  });
}

const [worker, plain] = await Promise.all([startWorker(), startWebPage()]);
plain.set("<p>Word</p>");
const browser = await puppeteer.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
const rows: Record<string, Record<string, number | string>> = {};
/** The longest tasks of the middle visit of each page that has tasks over `LONG`, in words. */
const longTasks: string[] = [];
const following: Record<string, Record<string, number | string>> = {};
try {
  await fetch(worker.origin); // the Worker has started
  for (const [name, url] of [["one word", plain.url], ...PAGES.map((path) => [path, worker.origin + path])]) {
    const visits: Visit[] = [];
    for (let i = 0; i < VISITS; i++) visits.push(await visit(url));
    visits.sort((a, b) => a.tasks[0].duration - b.tasks[0].duration);
    const { image, ready, tasks } = visits[VISITS >> 1];
    const long = tasks.filter(({ duration }) => duration > LONG);
    longTasks.push(...long.slice(0, MOST).map((task) => `${name}  ${inWords(task)}`));
    rows[name] = {
      "first image, ms": image === undefined ? "" : Math.round(image),
      "model on the device, ms": ready === undefined ? "" : Math.round(ready),
      "longest task, ms": Math.round(tasks[0].duration),
      "of all visits": Math.round(visits[VISITS - 1].tasks[0].duration),
      [`tasks over ${LONG} ms`]: long.length,
      "most processor of a task, ms": Math.round(Math.max(...tasks.map(({ cpu }) => cpu))),
    };
  }
  console.log(`${machine()}; of ${VISITS} visits that whose longest task is in the middle`);
  console.table(rows);
  console.log(longTasks.join("\n"));
  console.log("From a pointer's event on /draw to the pixels that follow it, milliseconds of the processor, not slowed down:");
  for (const model of Object.keys(BUDGETS)) {
    const { median, p95 } = await pointerToPixels(browser, `${worker.origin}/draw?model=${model}`);
    following[model] = { median: median.toFixed(1), p95: p95.toFixed(1), "budget for p95 on Zen 4": BUDGETS[model] };
  }
  console.table(following);
} finally {
  await Promise.all([browser.close(), worker.stop(), plain.stop()]);
}

async function visit(url: string): Promise<Visit> {
  const context = await browser.createBrowserContext();
  const session = await barePage(context);
  await setTimeout(SETTLING);
  await slowLine(session);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const traced = await trace(session, url);
  await session.send("Page.navigate", { url });
  const seen = await seenBy(session);
  const tasks = await traced();
  await context.close();
  return { ...seen, tasks };
}

/**
 * A page in which only its site runs: those of Puppeteer and Playwright get a script context of the tool's own, in the
 * task that parses the page.
 */
async function barePage(context: BrowserContext): Promise<CDPSession> {
  const root = await browser.target().createCDPSession();
  await root.send("Target.createTarget", { url: "about:blank", browserContextId: context.id! });
  const target = await context.waitForTarget((target) => target.type() === "page");
  return target.createCDPSession();
}

/** Also for the page's workers, as soon as somebody looks at their requests too. */
async function slowLine(session: CDPSession): Promise<void> {
  session.on("sessionattached", (worker) => {
    const begun = Promise.all([worker.send("Network.enable"), worker.send("Runtime.runIfWaitingForDebugger")]);
    begun.catch(() => {}); // it ended at once
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", LINE);
}

async function seenBy(session: CDPSession): Promise<Seen> {
  const expression = `(${watch})(${OFTEN}, ${WATCHED}, ${LONGEST})`;
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
  return result.value as Seen;
}
