/** A Worker and a Chromium that the tests of a file share. */
import type { Browser } from "playwright";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";
import { type RunningWorker, startWorker } from "./start-worker.ts";

export type Pages = Pick<Browser, "newContext" | "newPage">;

/** Starts both before the first test and ends them after the last one; until then neither can be asked for anything. */
export function workerAndChromium(): { readonly worker: Pick<RunningWorker, "origin">; readonly browser: Pages } {
  let worker: RunningWorker | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    [worker, browser] = await Promise.all([startWorker(), launchChromium()]);
  });
  afterAll(async () => {
    await Promise.all([worker?.stop(), browser?.close()]);
  });
  return {
    worker: {
      get origin() {
        return worker!.origin;
      },
    },
    browser: { newContext: (options) => browser!.newContext(options), newPage: (options) => browser!.newPage(options) },
  };
}
