/** What visitors find, use, share and meet when something fails, in a real Chromium. */
import type { Page, Route } from "playwright";
import { describe, expect, it } from "vitest";
import { drawn, openPixels, soon } from "../support/site.ts";
import { type Visit, visit } from "../support/visit.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const { worker, browser } = workerAndChromium();

const open = (path: string, act: (page: Page) => Promise<void>, options: Visit = {}): Promise<void> =>
  visit(browser, worker.origin + path, options, act);

const PHONE: Visit = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true };

/** Opens a page whose script comes after `early`. */
async function openBefore(script: string, path: string, early: (page: Page) => Promise<void>): Promise<Page> {
  const page = await browser.newPage();
  const asked = new Promise<Route>((resolve) => void page.route(`**/assets/${script}.js`, resolve));
  await page.goto(worker.origin + path, { waitUntil: "commit" });
  await page.locator("footer").waitFor({ state: "attached" });
  await early(page);
  await (await asked).continue();
  return page;
}

/** What the first image of the wall shows. */
const face = (page: Page): Promise<string> =>
  page
    .locator("#wall canvas")
    .first()
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

describe("the wall of the home page", () => {
  it("is drawn by the device, anneals when it appears and when pointed at, and enlarges an image", () =>
    open("/", async (page) => {
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("A 2 MB neural network draws these in your browser.");
      await page.getByText("Any text. It sets the noise; it is not a prompt.").waitFor();
      expect(await page.locator(".doors h2").allTextContents()).toEqual(["Play", "Learn", "Build"]);
      await page.getByText(/This device drew all 40 in \d+\.\d s\./).waitFor();
      expect(await page.locator("#wall canvas").count()).toBe(40);
      const link = page.locator("#wall a").first();
      const seed = await link.getAttribute("data-seed");
      const equal = () =>
        page.evaluate(async (own) => {
          const image = new Image();
          image.src = `/sample?seed=${own}&model=avatars`;
          await image.decode();
          const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
          canvas.getContext("2d")?.drawImage(image, 0, 0);
          return canvas.toDataURL() === document.querySelector<HTMLCanvasElement>("#wall canvas")?.toDataURL();
        }, seed);
      await soon(equal).toBe(true); // at the end of its annealing
      const still = await face(page);
      await link.hover();
      await soon(() => face(page)).not.toBe(still);
      await soon(() => face(page)).toBe(still);
      await page.locator("#wall a").nth(12).click();
      await page.waitForURL(({ searchParams }) => searchParams.get("seed") !== seed);
      const label = await page.locator("#wall a").nth(12).textContent();
      await page.locator("#caption", { hasText: `${label} drawn from the seed` }).waitFor();
      expect(await page.locator("#wall a").nth(12).getAttribute("aria-current")).toBe("true");
      await page.goBack();
      await page.waitForURL(({ searchParams }) => searchParams.get("seed") === seed);
    }));

  it("is there without script, as a set of links", () =>
    open(
      "/",
      async (page) => {
        await page.locator("#wall a").nth(3).click();
        await page.waitForURL(({ searchParams }) => searchParams.has("seed"));
        expect(await page.locator("#stage img").getAttribute("alt")).toMatch(/drawn from the seed/);
      },
      { javaScriptEnabled: false },
    ));
});

describe("the pages", () => {
  it.each(["/studio?seed=7", "/repaint?seed=7&from=8"])(
    "%s has image and settings on one screen of 1280x720, and a tab order that follows the form",
    (path) =>
      open(
        path,
        async (page) => {
          const bottom = (selector: string) =>
            page
              .locator(selector)
              .first()
              .evaluate((element) => element.getBoundingClientRect().bottom);
          expect(await bottom(".stage > .image, .editor > .image")).toBeLessThanOrEqual(720);
          expect(await bottom("#controls :is(input, select):not([type=hidden])")).toBeLessThanOrEqual(720);
          const { width } = (await page.locator(".stage > .image, .editor > .image").boundingBox()) ?? { width: 0 };
          expect(width).toBeLessThanOrEqual(320);
          const boxes = await page
            .locator("#controls :is(input, select, button, summary):visible")
            .evaluateAll((fields) => fields.map((field) => field.getBoundingClientRect()));
          expect(boxes.length).toBeGreaterThan(3);
          for (const [i, { right, bottom: below }] of boxes.slice(0, -1).entries())
            expect(boxes[i + 1].top >= below - 1 || boxes[i + 1].left >= right - 1).toBe(true);
        },
        { viewport: { width: 1280, height: 720 } },
      ),
  );

  it("show images smooth or as pixels, as on the page before", () =>
    open("/studio?seed=7", async (page) => {
      const rendering = () => page.locator("#image").evaluate((canvas) => getComputedStyle(canvas).imageRendering);
      const pixels = page.getByRole("checkbox", { name: "Pixels" });
      expect(await rendering()).toBe("auto");
      await drawn(page);
      await pixels.check();
      expect(await rendering()).toBe("pixelated");
      for (const path of ["/", "/draw"]) {
        await page.goto(worker.origin + path);
        await drawn(page);
        expect([path, await pixels.isChecked()]).toEqual([path, true]);
        expect([path, await rendering()]).toEqual([path, "pixelated"]);
      }
      await pixels.uncheck();
      await page.goto(`${worker.origin}/draw`);
      await drawn(page);
      expect([await pixels.isChecked(), await rendering()]).toEqual([false, "auto"]);
    }));
});

describe("repainting", () => {
  it("scrolls under a finger, and paints with it once the button is pressed", () =>
    open(
      "/repaint?seed=7&from=8",
      async (page) => {
        await drawn(page);
        const touchAction = () => page.locator("#editor").evaluate((element) => getComputedStyle(element).touchAction);
        const before = await openPixels(page);
        await page.getByRole("radio", { name: "protect" }).check();
        const { x, y, width, height } = (await page.locator("#canvas").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
        const tap = () => page.touchscreen.tap(x + width / 2, y + (3 * height) / 4);
        await tap();
        expect([await touchAction(), await openPixels(page)]).toEqual(["auto", before]);
        await page.getByRole("button", { name: "Paint with a finger" }).click();
        await page.evaluate(() => scrollTo(0, 0));
        expect(await touchAction()).toBe("none");
        const box = (await page.locator("#canvas").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
        await page.touchscreen.tap(box.x + box.width / 2, box.y + (3 * box.height) / 4);
        await soon(() => openPixels(page)).toBeLessThan(before);
      },
      PHONE,
    ));
});

describe("visitors who are faster than the script", () => {
  it("keep the settings that they changed", async () => {
    const page = await openBefore("watch", "/studio?seed=7", async (early) => {
      await early.getByRole("combobox", { name: "Class" }).selectOption("Bag");
      await early.getByRole("slider", { name: "Guidance" }).fill("2");
    });
    await page.waitForURL("**/studio?seed=7&class=Bag&guidance=2");
    await page.locator("#caption", { hasText: "Bag drawn from the seed 7" }).waitFor();
    expect(await page.locator("output[for=guidance]").textContent()).toBe("2");
    await page.close();
  });

  it("keep their clicks", async () => {
    const page = await openBefore("repaint", "/repaint?seed=7&from=8", (early) =>
      early.getByRole("button", { name: "Protect all" }).click(),
    );
    await soon(() => openPixels(page)).toBe(0);
    expect(new URL(page.url()).hash).toContain("mask=");
    await page.close();
  });
});

it("the pages fill the screen’s width, and say so in words if the model does not load", () =>
  open(
    "/",
    async (page) => {
      for (const path of ["/", "/draw", "/repaint"]) {
        await page.goto(worker.origin + path);
        await page.getByText("This device cannot load the model").waitFor();
        expect([path, await page.getByRole("alert").filter({ hasText: /./ }).count()]).toEqual([path, 0]);
        const right = await page.evaluate(() =>
          Math.max(...[...document.querySelectorAll("main *")].map((element) => element.getBoundingClientRect().right)),
        );
        expect([path, right > (2 / 3) * 1280]).toEqual([path, true]);
      }
    },
    { before: async (page) => void (await page.route(/\.onnx$/, (route) => route.abort())) },
  ));
