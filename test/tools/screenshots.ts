/**
 * `npm run tool -- screenshots`: every page of the site in both schemes on telephones and on screens, into
 * runs/screenshots to be looked at; and the two that the README shows, into worker/site/images.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { BrowserContextOptions, Page } from "playwright";
import sharp from "sharp";
import { newCommand } from "../../training/cli/command-line.ts";
import { launchChromium } from "../support/chromium.ts";
import { layOutAll, PAGES } from "../support/pages.ts";
import { startWorker } from "../support/start-worker.ts";

newCommand("tool screenshots")
  .description("Takes screenshots of every page of the site into runs/screenshots, and renews those of the README.")
  .parse(process.argv);

const ALL = resolve("runs/screenshots");
const OF_README = resolve(import.meta.dirname, "../../worker/site/images");
const SCHEMES = ["light", "dark"] as const;
const WIDTHS = [320, 390, 1280, 2560];

const worker = await startWorker();
const browser = await launchChromium();
for (const folder of [ALL, OF_README]) await mkdir(folder, { recursive: true });
for (const colorScheme of SCHEMES) {
  for (const width of WIDTHS) {
    await visit({ colorScheme, viewport: { width, height: 900 } }, async (page) => {
      for (const path of PAGES) {
        await open(page, path);
        const name = path.replaceAll(/\W+/g, "-").replaceAll(/^-|-$/g, "") || "home";
        await page.screenshot({ path: join(ALL, `${name}-${colorScheme}-${width}.png`), fullPage: true });
      }
    });
  }
}
await visit({ viewport: { width: 1180, height: 840 }, colorScheme: "dark" }, async (page) => {
  await open(page, "/?seed=alice&class=Sneaker");
  const scrub = page.locator("#scrub");
  await scrub.fill(String(0.8 * Number(await scrub.getAttribute("max"))));
  await scrub.blur();
  await save(page, "watch");
});
await visit({ viewport: { width: 1180, height: 1020 }, colorScheme: "light" }, async (page) => {
  await open(page, "/repaint?seed=7&from=8");
  await save(page, "repaint");
});
await Promise.all([browser.close(), worker.stop()]);

/** A visitor who has been here before, and so has the font. */
async function visit(options: BrowserContextOptions, act: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
  const page = await context.newPage();
  await open(page, "/guide");
  await act(page);
  await context.close();
}

/** Until all that it draws by itself is there. */
async function open(page: Page, path: string): Promise<void> {
  await page.goto(worker.origin + path);
  await page.locator("main:not([aria-busy=true])").waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>(".tiles img")].every((image) => image.src && image.complete),
  );
  if (await page.locator("#device-state").count()) await page.getByText("The model is on this device.").waitFor();
  await layOutAll(page);
}

async function save(page: Page, name: string): Promise<void> {
  await sharp(await page.screenshot())
    .webp({ quality: 82 })
    .toFile(join(OF_README, `${name}.webp`));
}
