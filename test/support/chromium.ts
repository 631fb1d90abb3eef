/**
 * The real browser that most tests run in: the machine's own Chromium or Chrome, or the one that `npx playwright
 * install chromium` brought.
 */
import { type Browser, chromium } from "playwright";
import { findProgram } from "./executable.ts";

/** No sandbox (root in a container has none), no GPU, and no talk with anybody but the page's own servers. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Path of the browser; `CHROMIUM` in the environment names another. Throws an error that says how to install one. */
export const findChromium = (): string =>
  findProgram({
    title: "Chromium",
    variable: "CHROMIUM",
    commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    otherPath: chromium.executablePath(),
    advice: "`apt-get install chromium`, or `npx playwright install --with-deps chromium`",
  });

export const launchChromium = (...flags: string[]): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_FLAGS, ...flags] });

/** Opens `url` in a Chromium of its own, and gives the function that ends it. */
export async function openChromium(url: string): Promise<() => Promise<void>> {
  const browser = await launchChromium();
  await (await browser.newPage()).goto(url);
  return () => browser.close();
}
