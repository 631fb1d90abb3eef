/** The site as visitors drive it, in a real Chromium. */
import { readFile } from "node:fs/promises";
import { type Browser, chromium, type Locator, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_FLAGS, findChromium } from "../support/chromium.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";
import { type Visit, visit } from "../support/visit.ts";

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

const open = (path: string, act: (page: Page) => Promise<void>, options: Visit = {}): Promise<void> =>
  visit(browser, worker.origin + path, options, act);

/** The address that the page shows. */
const asked = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);

const onDevice = (page: Page) => page.getByText("The model is on this device.").waitFor();
const drawn = (page: Page) => page.locator('main[aria-busy="false"]').waitFor();

const text = async (element: Locator): Promise<string> => (await element.textContent()) ?? "";

/** What a canvas shows. */
const shown = (page: Page, selector = "#picture"): Promise<string> =>
  page.locator(selector).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

/** Bytes of the page's PNG file for download, and of the file at its permanent address. */
async function files(page: Page): Promise<[device: Buffer, edge: Buffer]> {
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "PNG", exact: true }).click();
  const address = await text(page.getByLabel("Permanent address"));
  const edge = await fetch(address);
  return [await readFile(await (await download).path()), Buffer.from(await edge.arrayBuffer())];
}

describe("the first screen", () => {
  it("plays the annealing of a picture from noise, at the pace of the eye, and scrubs through it", () =>
    open("/?seed=7", async (page) => {
      const scrub = page.getByRole("slider", { name: "Moment of the annealing" });
      const moment = async () => Number(await scrub.inputValue());
      await page.getByRole("button", { name: "Pause" }).waitFor();
      const early = await moment();
      await page.waitForFunction((value) => Number(document.querySelector<HTMLInputElement>("#scrub")?.value) > value, early + 1);
      await page.getByRole("button", { name: "Pause" }).click();
      const paused = await moment();
      expect(paused).toBeLessThan(8);
      const still = await shown(page);
      expect(await page.locator("#score").isVisible()).toBe(true);
      await page.getByRole("checkbox", { name: "Score field" }).uncheck();
      expect(await page.locator("#score").isVisible()).toBe(false);
      expect(await shown(page)).toBe(still);

      await scrub.fill("0");
      expect(await scrub.getAttribute("aria-valuetext")).toBe("σ 20, step 0 of 8");
      const noise = await shown(page);
      for (let step = 1; step <= 8; step++) await page.getByRole("button", { name: "One step forward" }).click();
      expect(await scrub.getAttribute("aria-valuetext")).toBe("no noise, step 8 of 8");
      const picture = await shown(page);
      expect(picture).not.toBe(noise);
      await page.getByRole("button", { name: "Replay" }).click();
      await page.getByRole("button", { name: "Pause" }).waitFor();
      await page.getByRole("button", { name: "Play", exact: true }).waitFor(); // at the end
      expect(await shown(page)).toBe(picture);
    }));

  it("moves by buttons alone where people prefer reduced motion", () =>
    open(
      "/?seed=7",
      async (page) => {
        await drawn(page);
        const scrub = page.getByRole("slider", { name: "Moment of the annealing" });
        expect(await scrub.getAttribute("aria-valuetext")).toBe("no noise, step 8 of 8");
        await page.getByRole("button", { name: "One step back" }).click();
        expect(await scrub.inputValue()).toBe("7");
        expect(await page.locator("#score").isVisible()).toBe(true);
      },
      { reducedMotion: "reduce" },
    ));

  it("draws the typed seed on Enter and undoes each choice on Back", () =>
    open("/?seed=7", async (page) => {
      const seed = page.getByRole("textbox", { name: "Seed" });
      await page.evaluate(() => document.body.setAttribute("data-stayed", ""));
      await seed.fill("alice");
      await seed.press("Enter");
      await page.waitForURL("**/?seed=alice");
      await page.getByLabel("Permanent address").getByText("/alice.png").waitFor();
      await page.getByRole("combobox", { name: "Class" }).selectOption("Sneaker");
      await page.waitForURL("**/?seed=alice&class=Sneaker");
      await page.getByRole("button", { name: "New seed" }).click();
      await page.waitForURL(({ searchParams }) => searchParams.get("seed") !== "alice");
      expect(await seed.inputValue()).toBe(asked(page).seed);
      await page.goBack();
      await page.goBack();
      await page.getByLabel("Permanent address").getByText("/alice.png?class=").waitFor();
      expect(asked(page)).toEqual({ seed: "alice" });
      await page.goBack();
      await page.getByLabel("Permanent address").getByText("/7.png").waitFor();
      await expect.poll(() => seed.inputValue()).toBe("7");
      expect(await page.locator("body[data-stayed]").count()).toBe(1);
    }));

  it("gets its frames from the edge until the model is on the device, and then needs no server", () =>
    open("/?seed=7", async (page) => {
      await page.locator("#status", { hasText: "Drawn at the edge" }).waitFor();
      await onDevice(page);
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await page.getByRole("textbox", { name: "Seed" }).fill("9");
      await page.getByRole("button", { name: "Draw this seed" }).click();
      await page.locator("#status", { hasText: "Drawn by this device" }).waitFor();
      const [device, edge] = await files(page);
      expect(device.equals(edge)).toBe(true);
      await page.getByRole("radio", { name: "the edge" }).check();
      await page.locator("#status", { hasText: "Drawn at the edge" }).waitFor();
      expect(new URL(page.url()).searchParams.get("on")).toBe("edge");
    }));
});

describe("the studio", () => {
  it("keeps every choice in the address, and shows it again after a reload", () =>
    open("/studio?seed=7", async (page) => {
      await onDevice(page);
      await page.getByRole("combobox", { name: "Class" }).selectOption("Bag");
      await page.getByRole("combobox", { name: "Sampler" }).selectOption("heun");
      await page.getByRole("slider", { name: "Noise levels" }).fill("5");
      await page.getByRole("slider", { name: "Guidance" }).fill("2");
      await page.getByRole("slider", { name: "Temperature" }).fill("0.5");
      await page.getByRole("combobox", { name: "Pixels of the file" }).selectOption("56 × 56");
      await page.getByLabel("Light becomes").fill("#ffd27f");
      const choices = { seed: "7", class: "Bag", sampler: "heun", steps: "5", guidance: "2", temperature: "0.5", size: "56" };
      expect(asked(page)).toEqual({ ...choices, background: "000000", foreground: "ffd27f" });
      await page.getByText("heun, 5 noise levels, 18 network evaluations; 56 × 56 pixels each.").waitFor();
      const [device, edge] = await files(page);
      expect(device.equals(edge)).toBe(true);
      const url = page.url();
      await page.reload();
      await drawn(page);
      expect(page.url()).toBe(url);
      expect(await page.getByRole("combobox", { name: "Sampler" }).inputValue()).toBe("heun");
      expect(await page.getByLabel("Light becomes").inputValue()).toBe("#ffd27f");
    }));

  it("draws grids", () =>
    open("/studio?seed=7", async (page) => {
      await onDevice(page);
      await page.getByRole("combobox", { name: "How many" }).selectOption("grid of 4");
      await page.getByText("32 network evaluations for 4 images").waitFor();
      await drawn(page);
      const [device, edge] = await files(page);
      expect(device.equals(edge)).toBe(true);
    }));

  it("has code that follows the choices and works", () =>
    open("/studio?seed=a%20%26%20b&class=T-shirt%2Ftop&steps=3&background=0a2540", async (page) => {
      await page.getByText("Code", { exact: true }).click();
      const [, terminal] = /curl "([^"]+)"/.exec(await text(page.getByLabel("Terminal"))) ?? [];
      const permanent = await text(page.getByLabel("Permanent address"));
      const image = await text(page.getByLabel("Image", { exact: true }));
      const source = /src="([^"]+)"/.exec(image)?.[1].replaceAll("&amp;", "&");
      const widget = await text(page.getByLabel("Widget, drawn on the visitor's device"));
      expect(widget).toContain('<anneal-sample seed="a &amp; b" label="T-shirt/top" steps="3" background="0a2540"></anneal-sample>');
      expect(await text(page.getByLabel("TypeScript"))).toContain(
        'sample(model, { seed: "a & b", class: "T-shirt/top", steps: 3, background: "0a2540" })',
      );
      const bytes = async (url = "") => Buffer.from(await (await fetch(url)).arrayBuffer());
      const [first, ...others] = await Promise.all([permanent, terminal, source].map(bytes));
      expect(first.subarray(1, 4).toString()).toBe("PNG");
      for (const other of others) expect(other.equals(first)).toBe(true);
    }));

  it("names what is wrong in an address, and goes on when it is mended", () =>
    open("/studio?seed=7&steps=65", async (page) => {
      await page.getByText("Expected an integer from 1 to 64 for `steps` but received 65").waitFor();
      await page.getByRole("textbox", { name: "Seed" }).fill("x".repeat(257));
      await page.getByRole("button", { name: "Draw this seed" }).click();
      await page.getByText("Expected Unicode text of 1 to 256 code points for `seed`").waitFor();
      await page.getByRole("textbox", { name: "Seed" }).fill("8");
      await page.getByRole("button", { name: "Draw this seed" }).click();
      await drawn(page);
      expect(await page.locator("#problem").textContent()).toBe("");
    }));

  it("tells how far a long drawing is, and gives it up when asked to", () =>
    open("/studio?seed=7&sampler=ald&steps=64&on=edge", async (page) => {
      await page.getByText(/^\d+ of \d+ network evaluations\.$/).waitFor();
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByText("Cancelled.").waitFor();
      expect(await page.getByRole("progressbar").count()).toBe(0);
    }));

  it("asks again when the server is too busy", () => {
    let refusals = 0;
    return open(
      "/studio?seed=7&on=edge",
      async (page) => {
        await page.getByText("The server is busy: another attempt in").waitFor();
        await drawn(page);
        expect(refusals).toBe(2);
      },
      {
        before: async (page) => {
          await page.route("**/sample?*model=*", (route) => {
            if (refusals === 2) return route.continue();
            refusals++;
            return route.fulfill({ status: refusals === 1 ? 503 : 429, headers: { "Retry-After": "1" }, json: { detail: "Busy." } });
          });
        },
      },
    );
  });

  it("draws on the device what is beyond the edge's budget", () =>
    visit(browser, `${free.origin}/studio?seed=7&steps=30`, {}, async (page) => {
      await page.getByText("The edge draws at most 10 network evaluations per picture here, and this one takes 30").waitFor();
      await page.locator("#status", { hasText: "Drawn by this device" }).waitFor();
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: "PNG", exact: true }).click();
      const file = await readFile(await (await download).path());
      expect(file.equals(Buffer.from(await (await fetch(`${worker.origin}/sample?seed=7&steps=30`)).arrayBuffer()))).toBe(true);
    }));
});

describe("the morph", () => {
  it("walks from one seed to the other by slider and by strip", () =>
    open("/morph?seed=7&to=8", async (page) => {
      await onDevice(page);
      await drawn(page);
      const middle = await shown(page);
      await page.getByRole("slider", { name: "Position" }).fill("0.9");
      await page.waitForURL("**/morph?seed=7&to=8&t=0.9");
      await expect.poll(() => shown(page)).not.toBe(middle);
      await page.getByRole("link", { name: "25 %" }).click();
      await page.waitForURL(({ searchParams }) => searchParams.get("t") === "0.25");
      await expect.poll(() => page.getByRole("slider", { name: "Position" }).inputValue()).toBe("0.25");
      await page.locator("#links").getByText("t=0.25").first().waitFor();
      const [device, edge] = await files(page);
      expect(device.equals(edge)).toBe(true);
      await page.goBack();
      await expect.poll(() => page.getByRole("slider", { name: "Position" }).inputValue()).toBe("0.9");
    }));

  it("downloads it as an animation", () =>
    open("/morph?seed=7&to=8", async (page) => {
      await onDevice(page);
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download the morph (APNG)" }).click();
      const file = await readFile(await (await download).path());
      const control = file.indexOf("acTL");
      expect([control > 0, file.readUInt32BE(control + 4)]).toEqual([true, 48]); // 25 there, 23 back
    }));
});

describe("repainting", () => {
  const openPixels = (page: Page) => page.locator("#canvas").evaluate((canvas) => Number((canvas as HTMLElement).dataset.open));

  it("paints the mask with the mouse, keeps it in the address, and undoes a stroke on Back", () =>
    open("/repaint?seed=7&from=8", async (page) => {
      await drawn(page);
      expect(await openPixels(page)).toBe(28 * 14);
      await page.getByRole("button", { name: "Keep all" }).click();
      await expect.poll(() => openPixels(page)).toBe(0);
      const { x, y, width, height } = (await page.locator("#canvas").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
      await page.mouse.move(x + width / 4, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + (3 * width) / 4, y + height / 2, { steps: 3 });
      await page.mouse.up();
      const painted = await openPixels(page);
      expect(painted).toBeGreaterThan(14 * 5);
      await drawn(page);
      const { url, result } = { url: page.url(), result: await shown(page, "#results li:nth-child(2) canvas") };
      await page.reload();
      await drawn(page);
      expect([page.url(), await openPixels(page)]).toEqual([url, painted]);
      expect(await shown(page, "#results li:nth-child(2) canvas")).toBe(result);
      await page.goBack();
      await expect.poll(() => openPixels(page)).toBe(0);
    }));

  it("paints the mask with the keyboard", () =>
    open("/repaint?seed=7&from=8", async (page) => {
      await drawn(page);
      await page.getByRole("button", { name: "Keep all" }).click();
      await expect.poll(() => openPixels(page)).toBe(0);
      await page.getByLabel("Width").selectOption("1");
      await page.getByRole("application").focus();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Space");
      await expect.poll(() => openPixels(page)).toBe(1);
      await page.getByText("Row 14, column 15, open").waitFor();
      await page.keyboard.press("p");
      for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("p");
      await expect.poll(() => openPixels(page)).toBe(1 + 3 + 4);
    }));

  it("paints with a finger", () =>
    open(
      "/repaint?seed=7&from=8",
      async (page) => {
        await drawn(page);
        await page.getByRole("button", { name: "Keep all" }).click();
        await expect.poll(() => openPixels(page)).toBe(0);
        await page.locator("#canvas").tap();
        await expect.poll(() => openPixels(page)).toBeGreaterThan(10);
      },
      { hasTouch: true },
    ));

  it("repaints at the edge what it repaints on the device", () =>
    open("/repaint?seed=7&from=8&on=edge", async (page) => {
      await page.getByText("drawn at the edge").waitFor();
      const edge = await shown(page, "#results li:first-child canvas");
      await page.getByRole("radio", { name: "this device" }).check();
      await onDevice(page);
      await page.getByRole("button", { name: "Draw this seed" }).click();
      await page.getByText("drawn by this device").waitFor();
      expect(await shown(page, "#results li:first-child canvas")).toBe(edge);
    }));

  it("varies and denoises an uploaded and a drawn picture", () =>
    open("/repaint?seed=7&from=8", async (page) => {
      await onDevice(page);
      const own = Buffer.from(await (await fetch(`${worker.origin}/sample?seed=uploaded&size=112`)).arrayBuffer());
      await page.getByLabel("Your own picture").setInputFiles({ name: "own.png", mimeType: "image/png", buffer: own });
      await page.waitForURL(/image=/);
      await page.getByRole("combobox", { name: "What to do" }).selectOption("Vary the whole");
      await page.waitForURL(({ searchParams }) => searchParams.get("do") === "vary");
      await page.getByRole("slider", { name: "How far it may differ" }).fill("0.2");
      await page.waitForURL(({ searchParams }) => searchParams.get("strength") === "0.2");
      await drawn(page);
      await page
        .getByText(/variations\?seed=7&strength=0.2/)
        .first()
        .waitFor();
      await page.getByRole("button", { name: "Blank picture" }).click();
      await page.getByRole("radio", { name: "light" }).check();
      await page.locator("#canvas").click();
      await page.getByRole("combobox", { name: "What to do" }).selectOption("Take noise out");
      await page.locator("#status", { hasText: /^Drawn by this device/ }).waitFor();
      expect(await page.locator("#results canvas").count()).toBe(1);
    }));

  it("names what is wrong behind the #", () =>
    open("/repaint?seed=7&from=8#mask=abc", async (page) => {
      await page.getByText("Expected 98 bytes in base64url for `mask` but received abc").waitFor();
    }));
});

describe("without script", () => {
  const unscripted: Visit = { javaScriptEnabled: false };

  it.each(["/", "/studio", "/morph"])("%s draws, shares and explains", (path) =>
    open(
      `${path}?seed=7&to=8`.replace(/&to=8$/, path === "/morph" ? "&to=8" : ""),
      async (page) => {
        const seed = page.getByRole("textbox", { name: /^(Seed|From seed)$/ });
        await seed.fill("alice");
        await seed.press("Enter");
        await page.waitForURL(({ searchParams }) => searchParams.get("seed") === "alice");
        const address = await text(page.getByLabel("Permanent address"));
        expect(address).toContain("/alice.png");
        const picture = page.locator("#stage img");
        expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(28);
        for (const link of await page.locator(".downloads a").evaluateAll((links) => links.map((one) => (one as HTMLAnchorElement).href)))
          expect((await fetch(link)).status).toBe(200);
        expect(await page.locator("button:visible").allInnerTexts()).toEqual(["Draw this seed", "New seed"]);
      },
      unscripted,
    ),
  );

  it("/repaint sends files to the API, which answers with the picture", () =>
    open(
      "/repaint?seed=7&from=8",
      async (page) => {
        const buffer = Buffer.from(await (await fetch(`${worker.origin}/sample?seed=8`)).arrayBuffer());
        await page.getByLabel("Picture").last().setInputFiles({ name: "picture.png", mimeType: "image/png", buffer });
        await page.getByRole("button", { name: "Vary the whole" }).click();
        await page.waitForURL("**/v1/fashion-mnist/variations?seed=7");
        expect(await page.locator("img").count()).toBe(1);
      },
      unscripted,
    ));

  it("asks a small server for no more pictures than it draws", async () => {
    const statuses: number[] = [];
    await visit(
      browser,
      `${free.origin}/?seed=7`,
      {
        ...unscripted,
        before: async (page) =>
          void page.on("response", (response) => response.url().includes("/sample") && statuses.push(response.status())),
      },
      async (page) => {
        await page.waitForLoadState("load");
        expect(statuses).toEqual([200, 200, 200, 200]);
      },
    );
  });
});

it("shows every small picture on a small server, however busy", () =>
  visit(browser, `${free.origin}/?seed=7`, {}, async (page) => {
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>(".tiles img")].every((image) => image.src && image.complete),
    );
    const broken = await page
      .locator(".tiles img")
      .evaluateAll((images) => images.filter((image) => (image as HTMLImageElement).naturalWidth === 0).length);
    expect(broken).toBe(0);
  }));

it("has an API reference that needs nobody else and can be tried out", () =>
  open("/reference", async (page) => {
    const operation = page.locator("#drawSample");
    await operation.getByText("Try it out").click();
    await operation.getByLabel("seed", { exact: true }).fill("7");
    await operation.getByRole("button", { name: "Send" }).click();
    await operation.getByText("200 image/png").waitFor();
    expect(await operation.getByRole("img", { name: "The answer" }).evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(28);
    expect(await text(operation.getByLabel("The same in a terminal"))).toBe(`curl "${worker.origin}/sample?seed=7"`);
  }));
