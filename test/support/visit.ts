/**
 * Visits to the pages in a real Chromium that fail when a script fails, a policy forbids something, or a page talks to
 * strangers.
 */
import type { BrowserContextOptions, Page } from "playwright";
import { expect } from "vitest";
import type { Pages } from "./worker-and-chromium.ts";

export interface Visit extends BrowserContextOptions {
  /** What is done with the page before it is opened. */
  readonly before?: (page: Page) => Promise<unknown>;
}

export async function visit(browser: Pages, url: string, { before, ...options }: Visit, act: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const { origin } = new URL(url);
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) faults.push(request.url());
  });
  page.on("console", (message) => {
    // Chromium styles the page that it makes of a bare image, which has no page's policy.
    const isOfImage = message.location().url.includes("/v1/");
    if (message.text().includes("Content Security Policy") && !isOfImage) faults.push(message.text());
  });
  await before?.(page);
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await act(page);
  expect(faults).toEqual([]);
  await context.close();
}
