/** The tests' Worker (test/setup/worker.ts) and a Chromium that the tests of a file share. */
import type { Browser } from "playwright";
import { afterAll, beforeAll, inject } from "vitest";
import { launchChromium } from "./chromium.ts";

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
