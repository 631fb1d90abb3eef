/** axe finds nothing in any scene of the Langevin playground, in both schemes, at three widths, before and after it has moved. */
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SCENES } from "../../worker/site/langevin/scenes/index.ts";
import { violations } from "../support/axe.ts";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";

let worker: RunningWorker;
let browser: Browser;

beforeAll(async () => {
  [worker, browser] = await Promise.all([startWorker(), chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS })]);
});

afterAll(async () => {
  await Promise.all([worker?.stop(), browser?.close()]);
});

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  it.each(SCENES.map(({ name }) => name))("%s breaks no rule", async (name) => {
    const page = await browser.newPage({ colorScheme, reducedMotion: "reduce" });
    await page.goto(`${worker.origin}/langevin?scene=${name}`);
    for (const [width, button] of [
      [320, "1 step"],
      [390, "100 steps"],
      [1280, "Restart"],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      expect([width, await violations(page)]).toEqual([width, []]);
      await page.getByRole("button", { name: button, exact: true }).click();
    }
    expect(await violations(page)).toEqual([]);
    await page.goto(`${worker.origin}/langevin?scene=${name}&nonsense=1`);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });
});
