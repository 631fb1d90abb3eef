/** The page in a real Chromium: its controls with script and without, and what a screen reader finds. */
import { type Browser, type BrowserContextOptions, chromium, type Page, type Route } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";

let worker: RunningWorker;
/** As it is deployed on the Workers Free plan. */
let free: RunningWorker;
let browser: Browser;

beforeAll(async () => {
  [worker, free, browser] = await Promise.all([
    startWorker(),
    startWorker("--env", "free"),
    chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS }),
  ]);
});

afterAll(async () => {
  await Promise.all([worker?.stop(), free?.stop(), browser?.close()]);
});

/** Runs `visit` on the page; the script must not fail meanwhile. `before`: what is done with the page before it is opened. */
async function open(
  query: string,
  options: BrowserContextOptions,
  visit: (page: Page) => Promise<void>,
  { origin } = worker,
  before?: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const errors: Error[] = [];
  page.on("pageerror", (error) => errors.push(error));
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) foreign.push(request.url());
  });
  const forbidden: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) forbidden.push(message.text());
  });
  await before?.(page);
  await page.goto(`${origin}/${query}`, { waitUntil: "domcontentloaded" });
  await visit(page);
  expect({ errors, foreign, forbidden }).toEqual({ errors: [], foreign: [], forbidden: [] });
  await context.close();
}

/** The grid's pictures, those that wait for their turn included. */
const sources = (page: Page): Promise<(string | null)[]> =>
  page.locator("#samples img").evaluateAll((images) => images.map((image) => image.getAttribute("data-src") ?? image.getAttribute("src")));

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
    await page.getByText(/12 samples of seed 7(?!\S)/).waitFor({ state: "detached" });
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

it.each([true, false])("draws the typed seed when Enter is pressed: script %s", (javaScriptEnabled) =>
  open("?seed=7", { javaScriptEnabled }, async (page) => {
    const seed = page.getByRole("textbox", { name: "Seed" });
    await seed.fill("alice");
    await seed.press("Enter");
    await page.getByText("12 samples of seed alice ").waitFor();
    await page.waitForURL(({ searchParams }) => searchParams.get("seed") === "alice" && !searchParams.has("new"));
    expect(await seed.inputValue()).toBe("alice");
  }),
);

it("fits on the smallest telephones, in words as in formulas", () =>
  open("?seed=7", { viewport: { width: 320, height: 640 } }, async (page) => {
    await page.getByRole("img", { name: "The sample of seed 7 with 8 levels" }).waitFor();
    const right = await page.locator("math").evaluate((formula) => formula.getBoundingClientRect().right);
    expect(right).toBeLessThan(320);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  }));

/** Waits until no tile waits for its picture. How many there are, and which of them are broken. */
async function tiles(page: Page): Promise<{ count: number; broken: string[] }> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>(".tiles img")].every((image) => image.src && image.complete),
  );
  return page.locator(".tiles img").evaluateAll((images) => ({
    count: images.length,
    broken: images.flatMap((image) => ((image as HTMLImageElement).naturalWidth === 0 ? image.outerHTML : [])),
  }));
}

describe("where the server draws four pictures at a time, of ten evaluations at the most", () => {
  /** Statuses of the pictures, and how many of them were asked for at a time. */
  function watch(page: Page) {
    const seen = { statuses: new Set<number>(), count: 0, atOnce: 0 };
    let pending = 0;
    const isPicture = (url: string) => url.includes("/sample");
    const done = () => pending--;
    page.on("request", (request) => {
      if (!isPicture(request.url())) return;
      seen.count++;
      seen.atOnce = Math.max(seen.atOnce, ++pending);
    });
    page.on("requestfinished", (request) => isPicture(request.url()) && done());
    page.on("requestfailed", (request) => isPicture(request.url()) && done());
    page.on("response", (response) => isPicture(response.url()) && seen.statuses.add(response.status()));
    return seen;
  }

  it("shows every picture, and asks for no more", async () => {
    let seen: ReturnType<typeof watch> | undefined;
    await open(
      "",
      {},
      async (page) => {
        expect(await tiles(page)).toEqual({ count: 12 + 6, broken: [] });
        expect(seen?.statuses).toEqual(new Set([200]));
        expect(seen?.atOnce).toBeLessThanOrEqual(4);

        const slider = page.getByRole("slider", { name: "Noise levels" });
        await slider.fill("10");
        await page.getByText("10 noise levels").waitFor();
        expect(await tiles(page)).toEqual({ count: 12 + 6, broken: [] });
        await page.getByRole("combobox", { name: "Sampler" }).selectOption("heun");
        await page.getByText("Expected a picture of at most 10 network evaluations").waitFor();
        expect(await slider.inputValue()).toBe(await slider.getAttribute("max"));
        await page.getByRole("button", { name: "Draw this seed" }).click();
        await page.getByText("by heun").waitFor();
        expect(await tiles(page)).toEqual({ count: 12 + 6, broken: [] });
        expect(seen?.statuses).toEqual(new Set([200]));
        expect(seen?.atOnce).toBeLessThanOrEqual(4);
      },
      free,
      async (page) => {
        seen = watch(page);
      },
    );
  });

  it("shows no broken picture without script either", async () => {
    let seen: ReturnType<typeof watch> | undefined;
    await open(
      "",
      { javaScriptEnabled: false },
      async (page) => {
        await page.waitForLoadState("load");
        expect([seen?.statuses, seen?.count]).toEqual([new Set([200]), 4]);
        const link = await page.getByRole("link", { name: "sample 11" }).getAttribute("href"); // a tile without a picture
        expect((await fetch(free.origin + link)).status).toBe(200);
      },
      free,
      async (page) => {
        seen = watch(page);
      },
    );
  });
});

it("asks again for pictures that the server was too busy for", () => {
  const refused = new Set<string>();
  return open(
    "?seed=7",
    {},
    async (page) => {
      expect(await tiles(page)).toEqual({ count: 12 + 8, broken: [] });
      expect(refused.size).toBe(20);
    },
    worker,
    async (page) => {
      await page.route("**/sample?*", async (route) => {
        const url = route.request().url();
        if (refused.has(url)) return route.continue();
        refused.add(url);
        return route.fulfill({ status: 503, contentType: "application/problem+json", headers: { "Retry-After": "1" }, body: "{}" });
      });
    },
  );
});

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
      .locator("#operations-pictures-drawSample")
      .getByRole("button", { name: /sample/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Try it out" }).click();
    await page.locator('[data-param-name="seed"] input').fill("7");
    await page.getByRole("button", { name: "Execute" }).click();
    await page.locator(".responses-inner img").waitFor();
  }));
