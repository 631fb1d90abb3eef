/** axe finds nothing on any page, in both schemes, on telephones and on screens, and after what visitors do. */
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { PAGES, violations } from "../support/pages.ts";
import { visit, workerAndChromium } from "../support/visit.ts";

const { worker, browser } = workerAndChromium();

const open = (path: string, colorScheme: "light" | "dark", act: (page: Page) => Promise<void>): Promise<void> =>
  visit(browser, worker.origin + path, { colorScheme, reducedMotion: "reduce" }, async (page) => {
    await page.waitForLoadState();
    await act(page);
  });

const settled = (page: Page) => page.locator("main:not([aria-busy=true])").waitFor();

describe.each(["light", "dark"] as const)("in the %s scheme", (scheme) => {
  it.each(PAGES)("%s breaks no axe rule and scrolls in one direction only, on telephones and on screens", (path) =>
    open(path, scheme, async (page) => {
      await settled(page);
      for (const width of [320, 1280, 2560]) {
        await page.setViewportSize({ width, height: 800 });
        expect([width, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([width, width]);
        if (width < 2560) expect([width, await violations(page)]).toEqual([width, []]);
      }
    }),
  );
});

it.each<[path: string, scheme: "light" | "dark", (page: Page) => readonly (() => Promise<unknown>)[]]>([
  [
    "/#seed=7",
    "light",
    (page) => [() => page.getByRole("textbox", { name: "Name", exact: true }).fill(" "), () => page.getByText("No image.").waitFor()],
  ],
  [
    "/create/",
    "dark",
    (page) => [
      () => page.locator("#pad").click(),
      () => page.locator("#variants button").last().waitFor(),
      () => page.getByRole("button", { name: "Start from a face" }).click(),
      () => page.getByRole("link", { name: "Repaint" }).click(),
      () => page.getByRole("link", { name: "Between two pictures" }).click(),
    ],
  ],
  [
    "/playground/",
    "dark",
    (page) => [
      () => page.getByRole("button", { name: "1 step" }).click(),
      () => page.getByRole("button", { name: "100 steps" }).click(),
      () => page.getByRole("slider", { name: "Temperature" }).press("End"),
      () => page.getByRole("textbox", { name: "Wells" }).fill("9,9"),
      () => page.getByRole("textbox", { name: "Wells" }).press("Enter"),
    ],
  ],
])("%s in the %s scheme breaks no rule after each of these", (path, scheme, actsOn) =>
  open(path, scheme, async (page) => {
    for (const act of actsOn(page)) {
      await act();
      await settled(page);
      expect([String(act), await violations(page)]).toEqual([String(act), []]);
    }
  }),
);
