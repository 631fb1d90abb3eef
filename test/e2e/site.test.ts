/** The site as visitors drive it, in a real Chromium. */
import type { Locator, Page } from "playwright";
import { describe, expect, it } from "vitest";
import { asked, drawn, files, onDevice, openPixels, shown, soon, text } from "../support/site.ts";
import { type Visit, visit } from "../support/visit.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const { worker, browser } = workerAndChromium();

const open = (path: string, act: (page: Page) => Promise<void>, options: Visit = {}): Promise<void> =>
  visit(browser, worker.origin + path, options, act);

/** Of an image in pixels, as soon as it is loaded. */
const expectWidth = (image: Locator, pixels: number): Promise<void> =>
  expect.poll(() => image.evaluate((image) => (image as HTMLImageElement).naturalWidth), { timeout: 30_000 }).toBe(pixels);

describe("the first screen", () => {
  it("plays the annealing of an image from noise, slowly enough to see, and scrubs through it", () =>
    open("/?seed=7", async (page) => {
      const scrub = page.getByRole("slider", { name: "Moment of the annealing" });
      const moment = async () => Number(await scrub.inputValue());
      await page.getByRole("button", { name: "Pause" }).waitFor(); // it plays by itself
      await page.getByRole("button", { name: "Replay" }).click();
      await page.waitForFunction(() => {
        const isEarly = Number(document.querySelector<HTMLInputElement>("#scrub")?.value) <= 1;
        if (!isEarly) document.querySelector<HTMLButtonElement>("#play")?.click(); // within the same frame, however busy the machine
        return !isEarly;
      });
      const paused = await moment();
      const last = Number(await scrub.getAttribute("max"));
      expect(paused).toBeLessThan(last);
      const still = await shown(page);
      expect(await page.locator("#score").isVisible()).toBe(true);
      await page.getByRole("checkbox", { name: "Score field" }).uncheck();
      expect(await page.locator("#score").isVisible()).toBe(false);
      expect(await shown(page)).toBe(still);

      await scrub.fill("0");
      expect(await scrub.getAttribute("aria-valuetext")).toMatch(new RegExp(`^σ [\\d.]+, step 0 of ${last}$`));
      const noise = await shown(page);
      for (let step = 1; step <= last; step++) await page.getByRole("button", { name: "One step forward" }).click();
      expect(await scrub.getAttribute("aria-valuetext")).toBe(`no noise, step ${last} of ${last}`);
      const image = await shown(page);
      expect(image).not.toBe(noise);
      await page.getByRole("button", { name: "Replay" }).click();
      await page.getByRole("button", { name: "Pause" }).waitFor();
      await page.getByRole("button", { name: "Play", exact: true }).waitFor(); // at the end
      expect(await shown(page)).toBe(image);
    }));

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
      await soon(() => seed.inputValue()).toBe("7");
      expect(await page.locator("body[data-stayed]").count()).toBe(1);
    }));

  it("is drawn by the server until the device has the model, which then draws it with its frames and needs no server", () =>
    open("/?seed=7", async (page) => {
      await onDevice(page);
      await page.getByRole("group", { name: "Playback of the annealing" }).waitFor();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await page.getByRole("textbox", { name: "Seed" }).fill("9");
      await page.getByRole("button", { name: "Draw this seed" }).click();
      await page.locator("#status", { hasText: "Drawn by this device" }).waitFor();
      const [device, edge] = await files(page);
      expect(device.equals(edge)).toBe(true);
      await page.getByRole("radio", { name: "the server" }).check();
      await page.locator("#status", { hasText: "Drawn by the server" }).waitFor();
      expect(new URL(page.url()).searchParams.get("on")).toBe("edge");
    }));
});

describe("visitors", () => {
  it("read plain sentences when something fails", () =>
    open(
      "/?seed=7&on=edge",
      async (page) => {
        await page.getByText("No image. The server does not draw this image.").waitFor();
        expect(await text(page.locator("main"))).not.toMatch(/Expected .* received/);
      },
      {
        before: async (page) =>
          void (await page.route(/\/sample\?/, (route) =>
            route.fulfill({ status: 400, contentType: "application/problem+json", body: '{"detail":"Expected a for `b` but received c"}' }),
          )),
      },
    ));
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
      await page.getByRole("combobox", { name: "Image size" }).selectOption("56 × 56");
      await page.getByLabel("Light becomes").fill("#ffd27f");
      const choices = { seed: "7", class: "Bag", sampler: "heun", steps: "5", guidance: "2", temperature: "0.5", size: "56" };
      await expect.poll(() => asked(page)).toEqual({ ...choices, background: "000000", foreground: "ffd27f" });
      await page.getByText("heun, 5 noise levels, 18 network evaluations; 56 × 56 pixels each.").waitFor();
      const [device, edge] = await files(page);
      expect(device.equals(edge)).toBe(true);
      const { url, image } = { url: page.url(), image: await shown(page) };
      await open(url.slice(worker.origin.length), async (other) => {
        await drawn(other);
        expect(await shown(other)).toBe(image);
      });
      await page.reload();
      await drawn(page);
      expect(page.url()).toBe(url);
      expect(await page.getByRole("combobox", { name: "Sampler" }).inputValue()).toBe("heun");
      expect(await page.getByLabel("Light becomes").inputValue()).toBe("#ffd27f");
    }));

  it("names what is wrong in an address, and works again when it is mended", () =>
    open("/studio?seed=7&steps=65", async (page) => {
      await page.getByText("No image.").waitFor(); // the script has begun
      await page.getByText("“steps” takes an integer from 1 to 64, not 65.").waitFor();
      expect(await text(page.locator("#caption"))).toBe("");
      expect(await page.locator("#player").boundingBox()).toBeNull();
      expect(new URL(page.url()).searchParams.get("steps")).toBe("65");
      await page.getByRole("textbox", { name: "Seed" }).fill("x".repeat(257));
      await page.getByRole("button", { name: "Draw this seed" }).click();
      await page.getByText("“seed” takes Unicode text of 1 to 256 bytes in UTF-8").waitFor();
      await page.getByRole("textbox", { name: "Seed" }).fill("8");
      await page.getByRole("button", { name: "Draw this seed" }).click();
      await drawn(page);
      await soon(() => page.locator("#problem").textContent()).toBe("");
      await page.getByRole("button", { name: "Replay" }).waitFor();
    }));
});

describe("the morph", () => {
  it("moves from one seed to the other by slider and by strip", () =>
    open("/morph?seed=7&to=8", async (page) => {
      await onDevice(page);
      await drawn(page);
      const middle = await shown(page);
      await page.getByRole("slider", { name: "Position" }).fill("0.9");
      await page.waitForURL("**/morph?seed=7&to=8&t=0.9");
      await soon(() => shown(page)).not.toBe(middle);
      await page.getByRole("link", { name: "25 %" }).click();
      await page.waitForURL(({ searchParams }) => searchParams.get("t") === "0.25");
      await soon(() => page.getByRole("slider", { name: "Position" }).inputValue()).toBe("0.25");
      await page.locator("#links").getByText("t=0.25").first().waitFor();
      const [device, edge] = await files(page);
      expect(device.equals(edge)).toBe(true);
      await page.goBack();
      await soon(() => page.getByRole("slider", { name: "Position" }).inputValue()).toBe("0.9");
    }));
});

describe("repainting", () => {
  it("paints the mask with the mouse, keeps it in the address, and undoes a stroke on Back", () =>
    open("/repaint?seed=7&from=8", async (page) => {
      await drawn(page);
      expect(await openPixels(page)).toBe(28 * 14);
      await page.getByRole("button", { name: "Protect all" }).click();
      await soon(() => openPixels(page)).toBe(0);
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
      await soon(() => openPixels(page)).toBe(0);
    }));

  it("paints the mask with the keyboard", () =>
    open("/repaint?seed=7&from=8", async (page) => {
      await drawn(page);
      await page.getByRole("button", { name: "Protect all" }).click();
      await soon(() => openPixels(page)).toBe(0);
      await page.getByLabel("Width").selectOption("1");
      await page.getByRole("application").focus();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Space");
      await soon(() => openPixels(page)).toBe(1);
      await page.getByText("Row 14, column 15, to be repainted").waitFor();
      await page.keyboard.press("p");
      for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("p");
      await soon(() => openPixels(page)).toBe(1 + 3 + 4);
    }));
});

describe("without script", () => {
  const unscripted: Visit = { javaScriptEnabled: false };

  it.each(["/", "/morph"])("%s draws, shares and explains", (path) =>
    open(
      `${path}?seed=7&to=8`.replace(/&to=8$/, path === "/morph" ? "&to=8" : ""),
      async (page) => {
        const seed = page.getByRole("textbox", { name: /^(Seed|From seed)$/ });
        await seed.fill("alice");
        await seed.press("Enter");
        await page.waitForURL(({ searchParams }) => searchParams.get("seed") === "alice");
        const address = await text(page.getByLabel("Permanent address"));
        expect(address).toContain("/alice.png");
        const image = page.locator("#stage img");
        await expectWidth(image, 28);
        for (const link of await page.locator(".downloads a").evaluateAll((links) => links.map((one) => (one as HTMLAnchorElement).href)))
          expect((await fetch(link)).status).toBe(200);
        expect(await page.locator("button:visible").allInnerTexts()).toEqual([path === "/morph" ? "Morph" : "Draw this seed", "New seed"]);
      },
      unscripted,
    ),
  );
});
