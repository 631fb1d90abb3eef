/** The site and the widget on a host of files alone: all that it offers works, and nothing that needs a service is offered. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { DIST } from "../../worker/node/build.ts";
import { launchChromium } from "../support/browsers.ts";
import { visit } from "../support/visit.ts";
import { drawnByWidget, serveFiles } from "../support/web-page.ts";

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

it("draws Home's images on the device", () =>
  open("", async (page) => {
    await page.getByText("Drawn by this device").waitFor();
    await page.getByText(/This device drew all 40 in/).waitFor();
  }));

it.each([
  ["create/#strokes=AQAOAwB-7Xy2gn0", "Drawn by this device"],
  ["create/#tab=repaint", "Rub out a part"],
  ["create/#tab=morph", "Drawn by this device"],
  ["how/", "Drawn by this device"],
  ["playground/", "Ready after 0 steps."],
])("%s says: %s", (path, words) => open(path, (page) => page.getByText(words).waitFor()));

it("offers the code of what draws by itself, and leads from the page that was Build", () =>
  open("build/", async (page) => {
    await page.waitForURL("**/site/create/");
    await page.getByRole("link", { name: "From a name" }).first().click();
    await page.locator("#codes h3").first().waitFor();
    expect(await page.locator("#codes h3").allTextContents()).toEqual(["HTML, drawn by the visitor's device", "React", "Node"]);
  }));

it("draws widgets with the default model beside their script, or with the file that `model` names, and says that another is no model", async () => {
  const { models } = JSON.parse(readFileSync(join(DIST, "site/models.json"), "utf8")) as { models: { name: string; asset?: string }[] };
  const clothes = models.find(({ name }) => name === "fashion-mnist")?.asset;
  const page = await browser.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.route("**/widgets.html", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<anneal-sample seed="alice"></anneal-sample><anneal-sample seed="alice" model="./${clothes}" label="Bag"></anneal-sample>
<anneal-sample seed="alice" model="./embed.js"></anneal-sample><script type="module" src="./embed.js"></script>`,
    }),
  );
  await page.goto(`${host.url}widgets.html`);
  for (const [i, query] of ["", "model=fashion-mnist&class=Bag&size=112"].entries()) {
    const served = await (await fetch(`${inject("origin")}/sample?seed=alice&${query}`)).bytes();
    expect(await drawnByWidget(page.locator("anneal-sample").nth(i))).toEqual(Buffer.from(served));
  }
  await page.locator("anneal-sample").nth(2).getByText("This image could not be drawn.").waitFor();
  expect(asked.filter((url) => /\/(sample|assets)/.test(url))).toEqual([]);
  await page.close();
});
