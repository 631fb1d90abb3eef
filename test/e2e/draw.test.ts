/** /draw as visitors use it: they draw, watch the image follow, share it, and go back. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { decodeUpload } from "../../wasm-model/index.ts";
import { asked, drawn, onDevice, shown, soon, text } from "../support/site.ts";
import { type Visit, visit } from "../support/visit.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const { worker, browser } = workerAndChromium();

const open = (path: string, act: (page: Page) => Promise<void>, options: Visit = {}): Promise<void> =>
  visit(browser, worker.origin + path, options, act);

const strokes = (page: Page): Promise<number> =>
  page.locator("#canvas").evaluate((canvas) => Number((canvas as HTMLElement).dataset.strokes));

/** Waits for the image and its four variants. */
const complete = async (page: Page): Promise<void> => {
  await soon(() => page.locator("#variants canvas").count()).toBe(4);
  await drawn(page);
};

/** Draws a line with the mouse, through points in parts of the canvas. */
async function drag(page: Page, points: readonly (readonly [number, number])[], whileDown = async () => {}): Promise<void> {
  await page.locator("#pad").scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await page.locator("#canvas").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [first, ...rest] = points.map(([across, down]) => [x + across * width, y + down * height] as const);
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...point, { steps: 5 });
  await whileDown();
  await page.mouse.up();
}

const SEVEN = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.5, 0.85],
] as const;

describe("drawing", () => {
  it("opens with an example, and redraws the image while the pen is down", () =>
    open("/draw?model=mnist", async (page) => {
      await onDevice(page);
      await complete(page);
      expect(asked(page)).toMatchObject({ model: "mnist", class: "3" });
      expect(await strokes(page)).toBe(1);
      await page.getByRole("button", { name: "Clear" }).click();
      await soon(() => strokes(page)).toBe(0);
      await soon(() => page.locator("#image").isHidden()).toBe(true);
      await page.getByText("Draw something: the network answers.").waitFor();
      await page.getByRole("combobox", { name: "Class" }).selectOption("7");
      await page.waitForURL("**class=7**");
      await drag(page, SEVEN, async () => {
        await soon(() => page.locator("#image").isVisible()).toBe(true); // before the pen is lifted
        expect(await strokes(page)).toBe(1);
      });
      await complete(page);
      expect(await text(page.locator("#status"))).toMatch(/^Drawn by this device in/);
    }));

  it("keeps the strokes in a short address, whose image is the same in another window", () =>
    open("/draw?model=mnist&class=7&seed=5#strokes=AA", async (page) => {
      await onDevice(page);
      await drag(page, SEVEN);
      await complete(page);
      const [url, image] = [page.url(), await shown(page, "#image")];
      expect(new URL(url).hash.length).toBeLessThan(60);
      await open(url.slice(worker.origin.length), async (other) => {
        await complete(other);
        expect([await strokes(other), await shown(other, "#image")]).toEqual([1, image]);
      });
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.getByRole("button", { name: "Copy link" }).click();
      await page.getByText("Copied: whoever opens the link").waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url);
    }));

  it("undoes strokes by button, by key and on Back, and clears", () =>
    open("/draw?model=mnist&class=7&seed=5#strokes=AA", async (page) => {
      await onDevice(page);
      for (const down of [0.2, 0.4, 0.6])
        await drag(page, [
          [0.2, down],
          [0.8, down],
        ]);
      expect(await strokes(page)).toBe(3);
      await page.getByRole("button", { name: "Undo" }).click();
      expect(await strokes(page)).toBe(2);
      await page.locator("#pad").focus();
      await page.keyboard.press("Control+z");
      expect(await strokes(page)).toBe(1);
      await page.goBack();
      await soon(() => strokes(page)).toBe(2);
      await page.getByRole("button", { name: "Undo" }).click();
      expect(await strokes(page)).toBe(1);
      await page.getByRole("button", { name: "Clear" }).click();
      expect(await strokes(page)).toBe(0);
      await page.getByRole("button", { name: "Undo" }).click(); // of what was cleared
      expect(await strokes(page)).toBe(1);
    }));

  it("draws by keyboard, and says where the pen is", () =>
    open("/draw?model=mnist&class=7&seed=5#strokes=AA", async (page) => {
      await onDevice(page);
      await page.locator("#pad").focus();
      await page.keyboard.press("ArrowUp");
      await page.getByText("Row 13, column 14, pen up").waitFor();
      await page.keyboard.press("Space");
      await page.getByText("pen down").waitFor();
      for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowRight");
      await page.getByText("Row 13, column 26, pen down").waitFor();
      await page.keyboard.press("Space");
      await page.getByText("pen up").waitFor();
      expect(await strokes(page)).toBe(1);
      await complete(page);
    }));

  it("takes a finger, and the pressure of a pen", () =>
    open(
      "/draw?model=mnist&class=1&seed=5#strokes=AA",
      async (page) => {
        await onDevice(page);
        const bottom = (selector: string) => page.locator(selector).evaluate((element) => element.getBoundingClientRect().bottom);
        expect([(await bottom(".outcome > .image")) <= 844, (await bottom("#pad")) <= 844]).toEqual([true, true]);
        const dark = async (pressure: number): Promise<number> => {
          await page.getByRole("button", { name: "Clear" }).click();
          await page.locator("#pad").evaluate((pad, pressure) => {
            const { left, top, width, height } = pad.getBoundingClientRect();
            pad.setPointerCapture = () => {}; // there is no such pointer
            const send = (type: string, down: number) =>
              pad.dispatchEvent(
                new PointerEvent(type, {
                  pointerId: 7,
                  pointerType: "pen",
                  pressure,
                  clientX: left + width / 2,
                  clientY: top + down * height,
                }),
              );
            send("pointerdown", 0.2);
            for (const down of [0.4, 0.6, 0.8]) send("pointermove", down);
            send("pointerup", 0.8);
          }, pressure);
          return page.locator("#canvas").evaluate((canvas) => {
            const { width, height } = canvas as HTMLCanvasElement;
            const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, height >> 1, width, 1);
            return data.filter((value, i) => i % 4 === 0 && value > 127).length;
          });
        };
        const [light, firm] = [await dark(0.4), await dark(1)];
        expect(light).toBeGreaterThan(0);
        expect(firm / light).toBeCloseTo(1 / 0.4, 0);
        await page.getByRole("button", { name: "Clear" }).click();
        await page.locator("#pad").tap();
        await soon(() => strokes(page)).toBe(1);
        expect(await page.locator("#pad").evaluate((pad) => getComputedStyle(pad).touchAction)).toBe("none");
      },
      { hasTouch: true, viewport: { width: 390, height: 844 } },
    ));
});

describe("the image", () => {
  it("changes with class, strength and variant, and is offered as a file", () =>
    open("/draw?model=fashion-mnist", async (page) => {
      await onDevice(page);
      await complete(page);
      const first = await shown(page, "#image");
      const third = await shown(page, "#variants li:nth-child(3) canvas");
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: "PNG" }).click();
      const file = await readFile(await (await download).path());
      expect(file.readUInt32BE(16)).toBe(16 * 28);
      await page.getByRole("button", { name: "Choose variant 3" }).click();
      await page.waitForURL("**seed=3%2F3**");
      await soon(() => shown(page, "#image")).toBe(third);
      await page.goBack();
      await soon(() => shown(page, "#image")).toBe(first);
      await page.getByRole("slider", { name: "How far from the drawing" }).fill("0.2");
      await page.waitForURL("**strength=0.2**");
      await soon(() => shown(page, "#image")).not.toBe(first);
    }));

  it("starts from an example of the class, in colours", () =>
    open("/draw?model=cifar10", async (page) => {
      await onDevice(page);
      await page.getByRole("link", { name: "ship" }).click();
      await page.waitForURL("**class=ship**");
      await soon(() => strokes(page)).toBe(4);
      await soon(() => page.getByRole("combobox", { name: "Class" }).inputValue()).toBe("ship");
      expect(await page.getByRole("combobox", { name: "Paper" }).inputValue()).toBe("9");
      await page.getByRole("radio", { name: "red", exact: true }).check();
      await page.getByRole("radio", { name: "filled shapes" }).check();
      await drag(page, [
        [0.4, 0.1],
        [0.6, 0.1],
        [0.6, 0.3],
        [0.4, 0.3],
      ]);
      const red = await page.locator("#canvas").evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        return [...(canvas as HTMLCanvasElement).getContext("2d")!.getImageData(width / 2, height / 5, 1, 1).data];
      });
      expect(red).toEqual([0xc8, 0x28, 0x28, 255]);
      await complete(page);
    }));

  it("equals the image of the edge and of the terminal command, made from the drawing as a file", () =>
    open("/draw?model=mnist&class=7&seed=5&temperature=0.7#strokes=AAEUAwA-OsA2etw", async (page) => {
      await onDevice(page);
      await complete(page);
      const device = await shown(page, "#image");
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: "the drawing" }).click();
      const body = new FormData();
      body.set("image", new Blob([await readFile(await (await download).path())]));
      const [, url] = /"(http[^"]+)"/.exec(await text(page.getByLabel("Terminal"))) ?? [];
      const edge = decodeUpload(new Uint8Array(await (await fetch(url, { method: "POST", body })).arrayBuffer()), {
        width: 28,
        height: 28,
        channels: 1,
      });
      await page.getByRole("radio", { name: "the server" }).check();
      await page.getByText("Drawn by the server in").waitFor();
      await drawn(page);
      expect(await shown(page, "#image")).toBe(device);
      const pixels = await page
        .locator("#image")
        .evaluate((canvas) =>
          [...(canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0),
        );
      expect([...edge.pixels]).toEqual(pixels);
    }));
});
