/**
 * Visits to the pages in a real Chromium that fail when a script fails, a policy forbids something, or a page talks to
 * strangers.
 */
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { launchChromium } from "./browsers.ts";

export type Pages = Pick<Browser, "newContext" | "newPage">;

/** The browser starts before the first test and ends after the last one; until then it cannot be asked for anything. */
export function workerAndChromium(): { readonly worker: { readonly origin: string }; readonly browser: Pages } {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  return {
    worker: { origin: inject("origin") },
    browser: { newContext: (options) => browser!.newContext(options), newPage: (options) => browser!.newPage(options) },
  };
}

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

export const text = async (element: Locator): Promise<string> => (await element.textContent()) ?? "";

/** Expects it of what `look` finds before long. */
export const soon = <T>(look: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(look, { timeout: 15_000 });

/** What moved by itself since the page was opened, as browsers see it. */
export const moved = (page: Page): Promise<string[]> =>
  page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        type Shift = PerformanceEntry & { readonly sources: readonly { readonly node: Node | null }[] };
        const nodes = (list: PerformanceObserverEntryList) =>
          list.getEntries().flatMap((entry) => (entry as Shift).sources.map(({ node }) => (node as Element | null)?.outerHTML ?? "gone"));
        new PerformanceObserver((list) => resolve(nodes(list))).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve([]), 500);
      }),
  );
