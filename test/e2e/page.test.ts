/** The page in a real Chromium: its controls with script and without, and what a screen reader finds. */
import { type Browser, type BrowserContextOptions, chromium, type Page, type Route } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
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

/** Runs `visit` on the page; the script must not fail meanwhile. */
async function open(query: string, options: BrowserContextOptions, visit: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const errors: Error[] = [];
  page.on("pageerror", (error) => errors.push(error));
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== worker.origin) foreign.push(request.url());
  });
  const forbidden: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) forbidden.push(message.text());
  });
  await page.goto(`${worker.origin}/${query}`, { waitUntil: "domcontentloaded" });
  await visit(page);
  expect({ errors, foreign, forbidden }).toEqual({ errors: [], foreign: [], forbidden: [] });
  await context.close();
}

const sources = (page: Page): Promise<(string | null)[]> =>
  page.locator("#samples img").evaluateAll((images) => images.map((image) => image.getAttribute("src")));

it("draws anew when a control moves, without leaving the page", () =>
  open("?seed=7", {}, async (page) => {
    await page.evaluate(() => document.body.setAttribute("data-stayed", ""));
    await page.getByRole("combobox", { name: "Class" }).selectOption("Sneaker");
    await page.getByText("12 samples of seed 7").waitFor();
    await page.locator('#samples img[src*="class=Sneaker"]').first().waitFor();
    expect(new URL(page.url()).searchParams.get("class")).toBe("Sneaker");

    await page.getByRole("slider", { name: "Noise levels" }).fill("3");
    await page.getByText("3 noise levels").waitFor();
    expect(await page.locator("#steps-value").textContent()).toBe("3");

    const before = await sources(page);
    await page.getByRole("button", { name: "New samples" }).click();
    await page.getByText("12 samples of seed 7 ").waitFor({ state: "detached" });
    expect(await sources(page)).not.toEqual(before);
    const seed = await page.getByRole("textbox", { name: "Seed" }).inputValue();
    expect(seed).not.toBe("7");
    const address = new URL(page.url()).searchParams;
    expect([address.get("seed"), address.get("new"), address.get("class")]).toEqual([seed, null, "Sneaker"]);
    expect(await page.locator("body[data-stayed]").count()).toBe(1);

    const shown = await sources(page);
    await page.reload({ waitUntil: "domcontentloaded" });
    expect(await sources(page)).toEqual(shown);
  }));

it("says what is wrong with a seed", () =>
  open("?seed=7", {}, async (page) => {
    await page.getByRole("textbox", { name: "Seed" }).fill("x".repeat(257));
    await page.getByRole("button", { name: "Draw this seed" }).click();
    await page.getByText("Expected Unicode text of 1 to 253 code points for `seed`").waitFor();
    expect(await sources(page)).toEqual([]);
    await page.getByRole("textbox", { name: "Seed" }).fill("8");
    await page.getByRole("button", { name: "Draw this seed" }).click();
    await page.getByText("12 samples of seed 8 ").waitFor();
    expect(await page.locator("#problem").textContent()).toBe("");
  }));

const PROBLEM = {
  status: 500,
  contentType: "application/problem+json",
  json: { detail: "The server failed; the request was not at fault." },
};

it.each([
  ["a problem", (route: Route) => route.fulfill(PROBLEM), PROBLEM.json.detail],
  [
    "another page",
    (route: Route) => route.fulfill({ status: 503, contentType: "text/html", body: "<h1>Busy</h1>" }),
    "The server failed (HTTP status 503).",
  ],
  ["nothing", (route: Route) => route.abort(), "The server cannot be reached."],
])("says so when the server answers with %s, and goes on when it is back", (_, answer, message) =>
  open("?seed=7", {}, async (page) => {
    const before = await sources(page);
    await page.route("**/?*", answer);
    await page.getByRole("combobox", { name: "Class" }).selectOption("Bag");
    await page.getByText(message).waitFor();
    expect(await sources(page)).toEqual(before);
    await page.unroute("**/?*");
    await page.getByRole("combobox", { name: "Class" }).selectOption("Sneaker");
    await page.locator('#samples img[src*="class=Sneaker"]').first().waitFor();
    expect(await page.locator("#problem").textContent()).toBe("");
    expect(await page.locator('#samples[aria-busy="true"]').count()).toBe(0);
  }),
);

it("works without script", () =>
  open("?seed=7", { javaScriptEnabled: false }, async (page) => {
    await page.getByRole("combobox", { name: "Class" }).selectOption("Bag");
    await page.getByRole("button", { name: "Draw this seed" }).click();
    await page.getByText("12 samples of seed 7").waitFor();
    expect(await page.locator('#samples img[src*="class=Bag"]').count()).toBe(12);
    await page.getByRole("button", { name: "New samples" }).click();
    await page.waitForURL(({ searchParams }) => searchParams.has("new"));
    await page.getByText("12 samples of seed").waitFor();
    expect(await page.getByText("12 samples of seed 7 ").count()).toBe(0);
    expect(await page.locator('#samples img[src*="class=Bag"]').count()).toBe(12);
  }));

it("has a widget that draws on this device under the page's policy", () =>
  open("?seed=7", {}, async (page) => {
    await page.locator('anneal-sample[rendered-by="device"]').waitFor();
  }));

it("has a reference that needs nobody else and can be tried out", () =>
  open("reference", {}, async (page) => {
    await page.getByRole("heading", { name: /^Anneal/ }).waitFor();
    await page
      .locator("#operations-default-get_sample")
      .getByRole("button", { name: /sample/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Try it out" }).click();
    await page.locator('[data-param-name="seed"] input').fill("7");
    await page.getByRole("button", { name: "Execute" }).click();
    await page.locator(".responses-inner img").waitFor();
  }));
