/**
 * `npm run tool -- screenshots`: every page of the site in both schemes on telephones and on screens, into
 * runs/screenshots to be looked at.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Page } from "playwright";
import { newCommand } from "../../training/cli/command-line.ts";
import { launchChromium } from "../support/browsers.ts";
import { layOutAll, PAGES } from "../support/pages.ts";
import { startWorker } from "../support/start-worker.ts";

newCommand("tool screenshots").description("Takes screenshots of every page of the site into runs/screenshots.").parse(process.argv);

const ALL = resolve("runs/screenshots");
const SCHEMES = ["light", "dark"] as const;
const WIDTHS = [375, 768, 1280];

const worker = await startWorker();
const browser = await launchChromium();
await mkdir(ALL, { recursive: true });
for (const colorScheme of SCHEMES) {
  for (const width of WIDTHS) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });
    const page = await context.newPage();
    for (const path of PAGES) {
      await open(page, path);
      const name = path.replaceAll(/\W+/g, "-").replaceAll(/^-|-$/g, "") || "home";
      await page.screenshot({ path: join(ALL, `${name}-${colorScheme}-${width}.png`), fullPage: true });
    }
    await context.close();
  }
}
await Promise.all([browser.close(), worker.stop()]);

/** Until all that it draws by itself is there. */
async function open(page: Page, path: string): Promise<void> {
  await page.goto(worker.origin + path);
  await page.waitForLoadState("networkidle");
  const status = page.locator("#status");
  if (path !== "/create/" && (await status.count()))
    await page.waitForFunction(() => /device|Paint over|list|GMAC|^$/.test(document.querySelector("#status")?.textContent ?? ""));
  await layOutAll(page);
}
