/** The pages that are files, in a real Chromium: what visitors find on them and do. */
import { createHash } from "node:crypto";
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { soon, text } from "../support/site.ts";
import { type Visit, visit } from "../support/visit.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const { worker, browser } = workerAndChromium();

const open = (path: string, act: (page: Page) => Promise<void>, options: Visit = {}): Promise<void> =>
  visit(browser, worker.origin + path, options, act);

const UNSCRIPTED: Visit = { javaScriptEnabled: false };

const byDevice = (page: Page): Promise<void> => page.getByText("Drawn by this device").waitFor();

describe("how it works", () => {
  const guesses = async (page: Page): Promise<number[]> => (await page.locator("#levels td:last-child").allTextContents()).map(Number);

  it("shows what the network sees, guesses and finds at each level, and goes back", () =>
    open("/how/#model=fashion-mnist", async (page) => {
      await byDevice(page);
      expect(await page.locator("#levels tbody tr").count()).toBe(6);
      const levels = page.getByRole("slider", { name: "Noise levels" });
      await levels.fill("5");
      await page.getByRole("combobox", { name: "Sampler" }).selectOption("heun");
      await soon(() => guesses(page)).toHaveLength(9);
      expect(new URL(page.url()).hash).toBe("#model=fashion-mnist&sampler=heun&steps=5");
      const off = await guesses(page);
      expect([off[0] > 10, off.at(-1)]).toEqual([true, 0]);
      await page.goBack();
      await page.goBack();
      await soon(() => levels.inputValue()).toBe("6");
      await soon(() => guesses(page)).toHaveLength(6);
    }));

  it("compares few levels with many: the last image is the server's of those options", () =>
    open("/how/#seed=alice&model=mnist", async (page) => {
      await byDevice(page);
      const off = (await page.locator("#flow b").allTextContents()).map((line) => Number(/^(\d+) off$/.exec(line)?.[1]));
      expect([off.length, off.at(-1)]).toEqual([9, 0]);
      expect(off[0]).toBeGreaterThan(4 * off[off.length - 2]);
      const isSame = await page.evaluate(async () => {
        const image = new Image();
        image.src = "/sample?seed=alice&model=mnist&sampler=langevin&churn=0&extrapolation=1&steps=64";
        await image.decode();
        const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
        canvas.getContext("2d")?.drawImage(image, 0, 0);
        return canvas.toDataURL() === document.querySelector<HTMLCanvasElement>("#flow li:last-child canvas")?.toDataURL();
      });
      expect(isSame).toBe(true);
    }));

  it("says what is wrong with an address, and sets no text as HTML", () =>
    open("/how/#steps=0&class=%3Cimg%20src%3Dx%3E&nope=1", async (page) => {
      const words = await text(page.getByRole("alert"));
      for (const part of ["“Noise levels” takes a number from 1 to 64, not 0.", "<img src=x>", "no setting “nope”"])
        expect(words).toContain(part);
      expect(await page.locator("img[src=x]").count()).toBe(0);
      await byDevice(page);
    }));

  it("explains itself without script, with an image", () =>
    open(
      "/how/",
      async (page) => {
        await page.getByRole("heading", { name: "One answer, three names" }).waitFor();
        const image = page.getByRole("img", { name: "Six noise levels" });
        expect(await image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBe(6 * 32);
      },
      UNSCRIPTED,
    ));
});

describe("build", () => {
  it("has code with the server's own address, and says so where the browser does not copy", () =>
    open("/build/", async (page) => {
      await page.getByText("This device draws the images below.").waitFor();
      expect(await text(page.locator("pre").first())).toContain(`${worker.origin}/sample?seed=alice`);
      const copy = page.getByRole("button", { name: "Copy" }).first();
      await page.evaluate(() =>
        Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new Error("no")) } }),
      );
      await copy.click();
      await page.getByText("This browser does not copy").waitFor();
    }));

  it("lists every operation of the API with its parameters", () =>
    open("/build/api/", async (page) => {
      await page.locator("#drawSample").waitFor();
      const { paths } = (await (await fetch(`${worker.origin}/openapi.json`)).json()) as { paths: Record<string, object> };
      const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId as string));
      expect((await page.locator("article").evaluateAll((all) => all.map(({ id }) => id))).toSorted()).toEqual(ids.toSorted());
      await page.locator("#drawSample summary").click();
      await page.locator("#drawSample").getByRole("rowheader", { name: "guidance" }).waitFor();
      expect(await text(page.locator("main"))).not.toContain("`");
    }));

  it("shows the models, and whether the device draws the server's bytes", () =>
    open("/build/models/#model=mnist", async (page) => {
      await page.getByRole("heading", { name: "cifar10" }).waitFor();
      expect(await page.getByText(/^FID [\d.]+/).count()).toBe(4);
      await page.getByRole("button", { name: "Compare" }).click();
      await page.getByText("20 of 20 images of this device are the server’s, byte for byte.").waitFor({ timeout: 60_000 });
      const file = Buffer.from(await (await fetch(`${worker.origin}/sample?seed=7/0&model=mnist`)).arrayBuffer());
      const hash = createHash("sha256").update(file).digest("hex").slice(0, 8);
      expect(await page.locator("#images tbody tr").first().locator("td").allTextContents()).toEqual([
        "",
        hash,
        expect.stringMatching(/^the same, /),
      ]);
    }));
});
