/**
 * `npm run bench -- yours --out sheets.png`: the page "Your pictures" learns its 60 icons in Chromium. Prints images a second, memory
 * and the longest task of the page's own thread, and draws the sheets side by side: at the start, and after as many pictures as two quiet
 * cores show in half a minute, one minute and two (50 a second).
 */
import { writeFileSync } from "node:fs";
import type { Page } from "playwright";
import sharp from "sharp";
import { newCommand } from "../../training/cli/command-line.ts";
import { launchChromium } from "../support/chromium.ts";
import { startWorker } from "../support/start-worker.ts";
import { machine } from "./measure.ts";

const { out: OUT } = newCommand("bench yours")
  .description('Trains the page "Your pictures" on its icons, and draws how its images become.')
  .option("--out <file.png>", "the sheets, side by side", "yours.png")
  .parse(process.argv)
  .opts<{ out: string }>();

/** Pictures shown. */
const MOMENTS = [0, 1500, 3000, 5900];
const [SIDE, GAP] = [384, 24];

/** How long the page's own thread was busy at most, in milliseconds. */
declare global {
  var longest: number;
}

console.log(machine());
const worker = await startWorker();
const browser = await launchChromium("--enable-precise-memory-info");
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 1000 } })).newPage();
  page.setDefaultTimeout(3_600_000);
  await page.goto(`${worker.origin}/yours/`);
  await page.evaluate(() => {
    globalThis.longest = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    });
    observer.observe({ type: "longtask", buffered: true });
  });
  const opened = performance.now();
  await page.getByRole("button", { name: /^Try with/ }).click();
  await page.getByText("60 pictures").waitFor();
  await page.getByRole("button", { name: "Train", exact: true }).click();
  const rows: Record<string, string>[] = [];
  const sheets: Buffer[] = [];
  for (const moment of MOMENTS) {
    await sheetAfter(page, moment);
    sheets.push(await page.locator("#sheet").screenshot());
    rows.push({
      "pictures shown": `${await shown(page)}`,
      "seconds since it was opened": `${Math.round((performance.now() - opened) / 1000)}`,
    });
    if (moment > 0) Object.assign(rows[rows.length - 1], { now: (await page.locator("#numbers").textContent()) ?? "" });
  }
  console.table(rows);
  const longest = await page.evaluate(() => globalThis.longest);
  console.log(`longest task of the page's own thread: ${Math.round(longest)} ms`);
  const images = await Promise.all(sheets.map((sheet) => sharp(sheet).resize(SIDE, SIDE).toBuffer()));
  const base = { width: images.length * (SIDE + GAP) - GAP, height: SIDE, channels: 3 as const, background: "#fff" };
  const placed = images.map((input, i) => ({ input, left: i * (SIDE + GAP), top: 0 }));
  writeFileSync(OUT, await sharp({ create: base }).composite(placed).png().toBuffer());
} finally {
  await Promise.all([browser.close(), worker.stop()]);
}

async function shown(page: Page): Promise<number> {
  return Number(((await page.locator("#numbers").textContent()) ?? "").split(" ", 1)[0].replaceAll(",", ""));
}

/** Waits for the first sheet that is drawn after so many pictures. */
async function sheetAfter(page: Page, pictures: number): Promise<void> {
  await page.waitForFunction(
    (least) => {
      const [first] = document.querySelectorAll("#sheet canvas");
      const count = Number(document.querySelector("#numbers")?.textContent?.split(" ", 1)[0].replaceAll(",", ""));
      const known = globalThis as { sheet?: Element | undefined };
      if (!first || count < least) return false;
      if (least === 0) return true;
      known.sheet ??= first;
      if (known.sheet === first) return false;
      known.sheet = undefined;
      return true;
    },
    pictures,
    { polling: 200 },
  );
}
