/**
 * `npm run bench -- site --visits 3`: first visits over a slow line (1.6 Mbit/s, 150 ms round trip) on a slow processor
 * (a quarter of this one): when the first image is there, and when the model is on the device.
 */
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { launchChromium } from "../support/chromium.ts";
import { startWorker } from "../support/start-worker.ts";
import { machine } from "./measure.ts";

const { visits: VISITS } = newCommand("bench site")
  .description("Visits the site's pages over a slow line on a slow processor, and prints what a visitor waits for.")
  .option("--visits <n>", "of each page; the table has the median", numberIn("visits", 1, 100), 3)
  .parse(process.argv)
  .opts<{ visits: number }>();

const LINE = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const SLOWER = 4;
const PAGES = ["/", "/create/#tab=morph", "/how/"];

/** Milliseconds after the navigation began. */
interface Seen {
  readonly image: number;
  readonly ready: number;
}

console.log(`${machine()}; the median of ${VISITS} visits`);
const worker = await startWorker();
const browser = await launchChromium();
try {
  await fetch(worker.origin); // the Worker has started
  const rows: Record<string, Record<string, number>> = {};
  const middle = (numbers: readonly number[]) => numbers.map(Math.round).sort((a, b) => a - b)[VISITS >> 1];
  for (const path of PAGES) {
    const visits: Seen[] = [];
    for (let i = 0; i < VISITS; i++) visits.push(await visit(path));
    const median = (of: keyof Seen) => middle(visits.map((seen) => seen[of]));
    rows[path] = { "first image, ms": median("image"), "model on the device, ms": median("ready") };
  }
  console.table(rows);
} finally {
  await Promise.all([browser.close(), worker.stop()]);
}

async function visit(path: string): Promise<Seen> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.emulateNetworkConditions", LINE);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const moment = async (isThere: () => boolean): Promise<number> => {
    await page.waitForFunction(isThere, undefined, { timeout: 60_000 });
    return page.evaluate(() => performance.now());
  };
  await page.goto(worker.origin + path, { waitUntil: "commit" });
  const image = await moment(() => {
    const first = document.querySelector<HTMLImageElement>("#first");
    return (first?.complete && first.naturalWidth > 0) || document.querySelector(":is(#image, #levels canvas):not([hidden])") !== null;
  });
  const ready = await moment(() => /by this device|is on this device/.test(document.querySelector("#status")?.textContent ?? ""));
  await context.close();
  return { image, ready };
}
