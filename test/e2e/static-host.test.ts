/** The site on a host of files alone: all that it offers works, and nothing that needs a service is offered. */
import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DIST } from "../../worker/node/build.ts";
import { launchChromium } from "../support/chromium.ts";
import { visit } from "../support/visit.ts";
import { serveFiles } from "../support/web-page.ts";

let browser: Browser;
let host: Awaited<ReturnType<typeof serveFiles>>;
/** What was asked for and is no file. */
let missing: string[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  host = await serveFiles(join(DIST, "site"), "/site/", (path) => missing.push(path)); // below a path, as on a project's page
});
afterAll(() => Promise.all([browser?.close(), host?.stop()]));

/** Opens a page, and checks what it asked for and where its visible links lead. */
const open = (path: string, act: (page: Page) => Promise<void>): Promise<void> =>
  visit(browser, host.url + path, { reducedMotion: "reduce" }, async (page) => {
    missing = [];
    await act(page);
    const links = await page
      .locator("a[href]")
      .evaluateAll((all) => all.filter((link) => link.checkVisibility()).map((link) => (link as HTMLAnchorElement).href));
    expect(links.length).toBeGreaterThan(4);
    for (const link of new Set(links.map((href) => href.split("#")[0]))) expect([link, (await fetch(link)).status]).toEqual([link, 200]);
    expect(missing.filter((asked) => asked !== "/site/v1/models" && asked !== "/favicon.ico")).toEqual([]);
  });

it("draws Home's image and a set on the device", () =>
  open("", async (page) => {
    await page.getByText("Drawn by this device").waitFor();
    await page.getByText(/This device drew all 40 in/).waitFor();
    await page.getByLabel("Names, one a line").fill("Ada");
    await page.getByRole("button", { name: "Draw the set" }).click();
    await page.getByText("One image.").waitFor();
  }));

it.each(["#strokes=AQAOAwB-7Xy2gn0", "#tab=repaint", "#tab=morph"])("draws on the device in Create: %s", (state) =>
  open(`create/${state}`, async (page) => {
    await page.getByText(/Drawn by this device|Paint over what/).waitFor();
  }),
);

it("shows How it works and a scene of the playground", async () => {
  await open("how/", (page) => page.getByText("Drawn by this device").waitFor());
  await open("playground/", (page) => page.getByText("Ready after 0 steps.").waitFor());
});

it("offers no images by address", async () => {
  await open("build/", async (page) => {
    await page.getByText("There is no service here, only files.").waitFor();
    expect(await page.getByText("Images by address", { exact: true }).isVisible()).toBe(false);
    missing = missing.filter((asked) => asked !== "/site/sample"); // asked for before the page knew
    await page.getByRole("heading", { name: "avatars" }).waitFor();
  });
});
