/**
 * `npm run screenshots`: every page of the site in both schemes on a telephone and on a screen, into runs/screenshots to be looked at; and the two that the README
 * shows, into worker/site/pictures.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import sharp from "sharp";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { PAGES } from "../support/pages.ts";
import { startWorker } from "../support/start-worker.ts";

const ALL = resolve("runs/screenshots");
const OF_README = resolve(import.meta.dirname, "../../worker/site/pictures");
const SCHEMES = ["light", "dark"] as const;
const WIDTHS = [390, 1280];

const worker = await startWorker();
const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
for (const folder of [ALL, OF_README]) await mkdir(folder, { recursive: true });
for (const colorScheme of SCHEMES) {
  for (const width of WIDTHS) {
    for (const path of PAGES) {
      const name = path.replaceAll(/\W+/g, "-").replaceAll(/^-|-$/g, "");
      await shoot(browser, path, { colorScheme, width, height: 900 }, (page) =>
        page.screenshot({ path: join(ALL, `${name}-${colorScheme}-${width}.png`), fullPage: true }),
      );
    }
  }
}
await shoot(browser, "/?seed=alice&class=Sneaker", { width: 1180, height: 760, colorScheme: "dark" }, async (page) => {
  await page.locator("#scrub").evaluate((scrub) => {
    (scrub as HTMLInputElement).value = "6.4";
    scrub.dispatchEvent(new Event("input"));
  });
  await save(page, "watch");
});
await shoot(browser, "/repaint?seed=7&from=8", { width: 1180, height: 1020, colorScheme: "light" }, (page) => save(page, "repaint"));
await Promise.all([browser.close(), worker.stop()]);

interface View {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: (typeof SCHEMES)[number];
}

/** Twice, so that the second visit has the font. */
async function shoot(
  browser: Browser,
  path: string,
  { colorScheme, ...viewport }: View,
  take: (page: Page) => Promise<unknown>,
): Promise<void> {
  const context = await browser.newContext({ colorScheme, viewport, reducedMotion: "reduce" });
  const page = await context.newPage();
  for (const _ of [1, 2]) {
    await page.goto(worker.origin + path);
    await page.locator("main:not([aria-busy=true])").waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>(".tiles img")].every((image) => image.src && image.complete),
    );
  }
  await take(page);
  await context.close();
}

async function save(page: Page, name: string): Promise<void> {
  await sharp(await page.screenshot())
    .webp({ quality: 82 })
    .toFile(join(OF_README, `${name}.webp`));
}
