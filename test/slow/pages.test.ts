/** The pages that are files, in a real Chromium: what visitors find on them and do. */
import { readFile } from "node:fs/promises";
import { decode } from "fast-png";
import type { Page } from "playwright";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { soon, text, type Visit, visit, workerAndChromium } from "../support/visit.ts";
import { drawnByWidget, startWebPage } from "../support/web-page.ts";

const { worker, browser } = workerAndChromium();

const open = (path: string, act: (page: Page) => Promise<void>, options: Visit = {}): Promise<void> =>
  visit(browser, worker.origin + path, options, act);

const openUnscripted = (path: string, act: (page: Page) => Promise<void>): Promise<void> => open(path, act, { javaScriptEnabled: false });

const byDevice = (page: Page): Promise<void> => page.getByText("Drawn by this device").waitFor();
/** The image is that of the page's address. */
const drawn = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector<HTMLElement>("#image")?.dataset.drawn === location.hash);

/** What a canvas shows. */
const shown = (page: Page, selector = "#image"): Promise<string> =>
  page.locator(selector).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

async function saved(page: Page, act: () => Promise<void>): Promise<[name: string, file: Buffer]> {
  const download = page.waitForEvent("download");
  await act();
  const file = await download;
  return [file.suggestedFilename(), await readFile(await file.path())];
}

/** Files that do not arrive, until `unroute`. */
const [MODEL, MODELS] = [/\.onnx$/, /\/(v1\/models|models\.json)$/];
const without = async (page: Page, files: RegExp): Promise<void> => void (await page.route(files, (route) => route.abort()));
const openWithout = (files: RegExp, path: string, act: (page: Page) => Promise<void>): Promise<void> =>
  open(path, act, { before: (page) => without(page, files) });

it.each([
  ["/", "This device drew all 40 in"],
  ["/create/#tab=morph", "Drawn by this device"],
  ["/how/", "Drawn by this device"],
])(
  "%s says that it could not reach its service, and tries again; each canvas that a reader of the screen meets has a name",
  (path, there) =>
    openWithout(MODELS, path, async (page) => {
      await page.getByText("This page could not reach its service.").waitFor();
      await page.unroute(MODELS);
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByText(there).first().waitFor();
      const unnamed = page.locator("canvas:not([aria-hidden=true], [aria-label])");
      expect(await unnamed.evaluateAll((all) => all.map(({ outerHTML }) => outerHTML))).toEqual([]);
    }),
);

it.each(["/#seed=bob", "/create/#strokes=AQAOAwB-7Xy2gn0", "/how/"])(
  "%s says that the device cannot load the model, and tries again",
  (path) =>
    openWithout(MODEL, path, async (page) => {
      await page.getByText("No image. This device cannot load the model.").waitFor();
      await page.getByRole("img", { name: "Drawn by the network" }).waitFor({ state: "hidden" });
      await page.unroute(MODEL);
      await page.getByRole("button", { name: "Try again" }).click();
      await byDevice(page);
    }),
);

const PHONE = { viewport: { width: 375, height: 667 }, hasTouch: true };

it.each(["/create/#strokes=AQAOAwB-7Xy2gn0", "/how/"])("%s covers nothing that can be used at 640x400, a zoom of 200 %", (path) =>
  open(
    path,
    async (page) => {
      await byDevice(page);
      const covered = await page.locator("#main :is(#pad, button, input, select, summary, a)").evaluateAll((all) =>
        all
          .filter((one) => one.checkVisibility())
          .filter((one) =>
            (["start", "end"] as const).some((block) => {
              one.scrollIntoView({ block, behavior: "instant" });
              const { left, right, top, bottom } = one.getBoundingClientRect();
              const [from, to] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
              const seen = [0.1, 0.5, 0.9].map((part) => document.elementFromPoint((left + right) / 2, from + part * (to - from)));
              return seen.some((found) => !one.contains(found) && !found?.contains(one));
            }),
          )
          .map((one) => one.outerHTML.slice(0, 80)),
      );
      expect(covered).toEqual([]);
    },
    { viewport: { width: 640, height: 400 } },
  ),
);

describe("home", () => {
  it("shows an image before any script, then draws on the device: another one, of a class, goes back, and saves the server's bytes", () =>
    open("/", async (page) => {
      expect(await page.locator("#first").evaluate((image) => (image as HTMLImageElement).src)).toMatch(/first-.*png$/);
      await page.getByText(/This device drew all 40 in/).waitFor();
      const widths = () => page.locator("#wall canvas").evaluateAll((all) => all.map((each) => (each as HTMLCanvasElement).width));
      await soon(widths).toEqual(Array(40).fill(16)); // pixel art is shown as it is
      const first = await shown(page);
      await page.getByRole("button", { name: "Another image" }).click();
      await soon(() => shown(page)).not.toBe(first);
      expect(await page.locator("#image").evaluate((image) => getComputedStyle(image).imageRendering)).toBe("pixelated");
      const seed = page.getByRole("textbox", { name: "Name", exact: true });
      await seed.fill("alice");
      await seed.press("Enter");
      await page.getByRole("combobox", { name: "Kind" }).selectOption("robot");
      await soon(() => new URL(page.url()).hash).toBe("#seed=alice&class=robot");
      await drawn(page);
      const [name, file] = await saved(page, () => page.getByRole("button", { name: "Save 256 pixels" }).click());
      const served = await fetch(`${worker.origin}/sample?seed=alice&class=robot&size=256`);
      expect([name, file.equals(Buffer.from(await served.arrayBuffer()))]).toEqual(["pixels-alice-256.png", true]);
      await page.getByText("Saved as pixels-alice-256.png.").waitFor();
      for (let i = 0; i < 3; i++) await page.goBack();
      await soon(() => seed.inputValue()).toBe("Leo");
      await page.getByRole("link", { name: "Options and code" }).click();
      await page.getByText('<anneal-sample seed="Leo"').waitFor();
    }));

  it("draws a seed when typing pauses, and says why there is no image, within a phone's width", () =>
    open("/", async (page) => {
      await page.setViewportSize(PHONE.viewport);
      await page.getByText(/This device drew all 40 in/).waitFor();
      const seed = page.getByRole("textbox", { name: "Name", exact: true });
      const hash = () => new URL(page.url()).hash;
      await seed.fill("alice");
      await soon(hash).toBe("#seed=alice");
      const save = page.getByRole("button", { name: "Save 128" });
      for (const [typed, sentence] of [
        ["ü".repeat(200), `No image. “${"ü".repeat(40)}…” is longer than 256 bytes.`],
        [" ", "No image. Type any text."],
      ] as const) {
        await seed.fill(typed);
        await page.getByText(sentence).waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.viewport.width);
        expect([await save.isDisabled(), await page.locator("#image").isVisible()]).toEqual([true, false]);
        expect([await seed.getAttribute("aria-invalid"), hash()]).toEqual(["true", "#seed=alice"]);
      }
      const another = page.getByRole("button", { name: "Another image" });
      await seed.fill("Mia");
      for (const count of [2, 3]) {
        await another.click();
        await soon(hash).toBe(`#seed=Mia+${count}`);
      }
      await soon(() => save.isDisabled()).toBe(false);
      await seed.fill("");
      await seed.pressSequentially("x".repeat(300));
      await soon(hash).toBe(`#seed=${"x".repeat(256)}`);
    }));
});

describe("create", () => {
  const strokes = (page: Page): Promise<number> =>
    page.locator("#pad canvas").evaluate((canvas) => Number((canvas as HTMLElement).dataset.strokes));

  /** Draws a line with the mouse, through points in parts of the canvas. */
  async function drag(page: Page, points: readonly (readonly [number, number])[], button: "left" | "right" = "left"): Promise<void> {
    await page.locator("#pad").scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await page.locator("#pad canvas").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const [first, ...rest] = points.map(([across, down]) => [x + across * width, y + down * height] as const);
    await page.mouse.move(...first);
    await page.mouse.down({ button });
    for (const point of rest) await page.mouse.move(...point, { steps: 5 });
    await page.mouse.up({ button });
  }

  const LINE = [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.5, 0.85],
  ] as const;
  const pixelsOf = (url: string) => Uint8Array.from(decode(Buffer.from(url.slice(url.indexOf(",") + 1), "base64")).data);
  /** How far the image is on average from one that was shown. */
  const fromShown = async (page: Page, was: string): Promise<number> => {
    const [before, after] = [was, await shown(page)].map(pixelsOf);
    return before.reduce((sum, value, i) => sum + Math.abs(value - after[i]), 0) / before.length;
  };
  const variants = (page: Page) => page.locator("#variants:not([hidden]) button");
  const complete = async (page: Page): Promise<void> => {
    await drawn(page);
    await soon(() => variants(page).count()).toBe(4);
  };

  it("opens on an example and its picture, which the first stroke clears; each kind is a picture that one taps", () =>
    open("/create/", async (page) => {
      const example = page.getByText("An example: your first stroke clears it.");
      await example.waitFor();
      expect(await strokes(page)).toBeGreaterThan(1);
      await page.getByRole("link", { name: "Repaint" }).click();
      await page.getByText("Rub out a part; it is redrawn.").waitFor();
      await page.goBack();
      await example.waitFor();
      await drag(page, LINE);
      await soon(() => strokes(page)).toBe(1);
      expect(new URL(page.url()).hash).toContain("class=face"); // the first kind, on its paper
      await page.getByRole("button", { name: "Undo" }).click();
      await page.getByText("Draw something.").waitFor();
      const kinds = page.getByRole("button", { name: /^Start from a / });
      expect(await kinds.count()).toBe(7);
      await kinds.first().click();
      await drag(page, LINE);
      await soon(() => strokes(page)).toBe(7);
      expect(new URL(page.url()).hash).toContain("class=");
    }));

  it("has a black thin pen; only the first button draws; undo, back and a variant by one tap", () =>
    open("/create/", async (page) => {
      await page.getByText("An example").waitFor();
      await page.getByRole("button", { name: "Clear" }).click();
      await page.getByText("Draw something.").waitFor();
      expect(await page.getByRole("button", { name: "Save 128" }).isDisabled()).toBe(true);
      expect(await page.getByRole("radio", { name: "black" }).isChecked()).toBe(true);
      await drag(page, LINE, "right");
      expect(await strokes(page)).toBe(0);
      await drag(page, LINE);
      await complete(page);
      await drag(page, [[0.1, 0.9]]);
      await soon(() => strokes(page)).toBe(2);
      await page.getByRole("button", { name: "Undo" }).click();
      await soon(() => strokes(page)).toBe(1);
      await page.goBack();
      await soon(() => strokes(page)).toBe(2);
      await complete(page);
      const [was, variant] = [await shown(page), await shown(page, "#variants li:nth-child(2) canvas")];
      await variants(page).nth(1).click();
      await soon(() => shown(page)).toBe(variant);
      expect(variant).not.toBe(was);
      expect(new URL(page.url()).hash).toContain("seed=1%2F2");
      await page.getByText("Version 2 is taken").waitFor();
      const pressed = () => variants(page).evaluateAll((all) => all.map((each) => each.ariaPressed));
      await soon(pressed).toEqual(["false", "true", "false", "false"]);
      const [name] = await saved(page, () => page.getByRole("button", { name: "Save 128" }).click());
      expect(name).toBe("avatars-draw-face-1-2-128.png");
      const other = await page.context().newPage();
      await other.goto(page.url());
      await soon(() => shown(other).catch(() => "")).toBe(variant);
      await variants(page).nth(1).click();
      await soon(() => shown(page)).toBe(was);
    }));

  it("goes on from what was made: repaints it and goes from it to another, and Draw has the drawing still", () =>
    open("/create/", async (page) => {
      await page.getByText("An example").waitFor();
      await drag(page, LINE);
      await complete(page);
      await variants(page).nth(2).click();
      await page.getByText("Version 3 is taken").waitFor();
      const tab = (name: string): Promise<void> => page.getByRole("link", { name, exact: true }).click();
      await tab("Repaint");
      await page.getByText("Rub out a part; it is redrawn.").waitFor();
      expect([await strokes(page), new URL(page.url()).hash]).toEqual([0, "#tab=repaint&from=&class=face"]);
      await drag(page, [[0.1, 0.1]]);
      await complete(page);
      const result = await shown(page);
      await page.reload();
      await complete(page);
      await tab("Between two pictures");
      await soon(() => fromShown(page, result)).toBeGreaterThan(2);
      await page.getByRole("slider", { name: "In between" }).fill("0");
      await soon(() => fromShown(page, result)).toBeLessThan(2); // not 0: one is enlarged from bytes
      await tab("Draw");
      await soon(() => strokes(page)).toBe(1);
    }));

  it("keeps strokes that are drawn while the image under them is still on its way", async () => {
    let send = (): void => undefined;
    const sent = new Promise<void>((resolve) => (send = resolve));
    const before = (page: Page): Promise<unknown> => page.route(MODEL, (route) => sent.then(() => route.continue()));
    const act = async (page: Page): Promise<void> => {
      await page.locator("#tabs [aria-current]").waitFor(); // from now on it hears the pointer
      await drag(page, [[0.1, 0.1]]);
      await soon(() => strokes(page)).toBe(1);
      const { x, y } = (await page.locator("#pad canvas").boundingBox())!;
      await page.mouse.move(x + 50, y + 50);
      await page.mouse.down();
      await page.mouse.move(x + 60, y + 60);
      const under = await shown(page, "#pad canvas");
      send();
      await soon(() => shown(page, "#pad canvas")).not.toBe(under);
      await page.mouse.move(x + 70, y + 70);
      await page.mouse.up();
      await soon(() => strokes(page)).toBe(2);
    };
    await open("/create/#tab=repaint&from=8", act, { before });
  });

  it("is drawn on by keyboard, and opens a tab in a window of its own where the visitor asks for one", () =>
    open("/create/", async (page) => {
      await page.getByText("An example").waitFor(); // from now on it hears the keys
      await page.locator("#pad").focus();
      for (const key of ["Space", "ArrowRight", "Shift+ArrowDown", "Space"]) await page.keyboard.press(key);
      await soon(() => strokes(page)).toBe(1);
      expect(await text(page.locator("#cursor"))).toBe("Row 20, column 17, pen up");
      for (let i = 0; i < 4; i++) await page.keyboard.down("Space"); // it is held
      expect(await text(page.locator("#cursor"))).toBe("Row 20, column 17, pen down");
      const one = page.url();
      await page.keyboard.press("Tab");
      expect(await text(page.locator("#cursor"))).toBe("Row 20, column 17, pen up");
      await soon(() => page.url()).not.toBe(one);
      await page.locator("#pad").press("Enter");
      await drag(page, LINE); // what the keyboard began is kept
      await soon(() => strokes(page)).toBe(4);
      const [drawn, repaint] = [new URL(page.url()).hash, page.getByRole("link", { name: "Repaint" })];
      const opened = page.context().waitForEvent("page");
      await repaint.click({ modifiers: ["Control"] });
      expect([new URL((await opened).url()).hash, new URL(page.url()).hash]).toEqual(["#tab=repaint&class=face", drawn]);
      await repaint.press("Enter");
      await soon(() => repaint.getAttribute("aria-current")).toBe("page");
    }));

  // What is repainted ends before 88 of 128; the enlarger, which pixel art does without, looks at a few pixels around each.
  it.each([
    ["avatars", 128, 112],
    ["pixels", 16, 11],
  ])("repaints what is painted over and leaves the rest: %s", (model, size, end) =>
    open(`/create/#tab=repaint&model=${model}`, async (page) => {
      await page.getByText("Rub out a part; it is redrawn.").waitFor();
      await page.locator("#pen").selectOption("very thick");
      await drag(page, [[0.3, 0.3], [0.5, 0.5]]); // biome-ignore format: two points
      await complete(page);
      const served = await (await fetch(`${worker.origin}/sample?seed=7&model=${model}&size=${size}`)).bytes();
      const [before, after] = [await sharp(served).ensureAlpha().raw().toBuffer(), pixelsOf(await shown(page))];
      const changed = Array.from({ length: size * size }, (_, i) => i).filter(
        (i) => [0, 1, 2, 3].some((c) => Math.abs(before[4 * i + c] - after[4 * i + c]) > 8), // one is enlarged from bytes
      );
      expect(changed.length).toBeGreaterThan(0);
      expect(changed.filter((i) => i % size >= end || i / size >= end)).toEqual([]);
    }),
  );

  it("starts from an own file, which stays out of the link, and shows the way from it to another picture", () =>
    open("/create/#tab=morph", async (page) => {
      await complete(page);
      const buffer = Buffer.from(await (await fetch(`${worker.origin}/sample?seed=9&model=avatars&size=128`)).arrayBuffer());
      await page.getByLabel("Start from your own image").setInputFiles({ name: "own.png", mimeType: "image/png", buffer });
      await soon(() => new URL(page.url()).hash).toBe("#tab=morph&from=");
      await complete(page);
      await page.getByRole("button", { name: "Copy link" }).click();
      await page.getByText("The link does not hold your picture. Start from a name to share it.").waitFor();
      const ends = (): Promise<string[]> => Promise.all(["first", "last"].map((end) => shown(page, `#thumbs li:${end}-child canvas`)));
      const [own, goal] = await ends();
      expect(await page.getByLabel("Start from your own image").inputValue()).toBe(""); // the same one can be chosen again
      const slideTo = (value: string) => page.getByRole("slider", { name: "In between" }).fill(value);
      const fileOf = () => saved(page, () => page.getByRole("button", { name: "Save 128" }).click());
      await slideTo("0");
      await soon(() => shown(page)).toBe(own);
      await slideTo("1");
      await soon(() => shown(page)).toBe(goal);
      const seen = await (await fetch(`${worker.origin}/sample?model=avatars&seed=8&size=128`)).arrayBuffer();
      expect((await fileOf())[1].equals(Buffer.from(seen))).toBe(true);
      await page.getByLabel("From the image of this name", { exact: true }).fill("1");
      await soon(() => new URL(page.url()).hash).toBe("#tab=morph&from=1&t=1"); // typing has paused
      await complete(page);
      expect(await ends()).not.toContain(own);
      expect(goal).not.toBe(own);
      await page.getByRole("button", { name: "Show 67 % of the way" }).click();
      await soon(() => new URL(page.url()).hash).toBe("#tab=morph&from=1&t=0.67");
      await slideTo("1");
      await soon(async () => (await shown(page)) === (await ends())[1]).toBe(true);
      await page.getByLabel("To the image of this name", { exact: true }).fill("Zelda"); // saved at once, before typing pauses
      const [name, file] = await fileOf();
      const served = await fetch(`${worker.origin}/sample?model=avatars&seed=1&to=Zelda&t=1&size=128`);
      expect([name, file.equals(Buffer.from(await served.arrayBuffer()))]).toEqual(["avatars-morph-1-Zelda-128.png", true]);
    }));

  it("has the address and the code of an image from a name, drawn as the visitor wants, and each shows that image elsewhere", () =>
    open("/create/#tab=name&seed=alice", async (page) => {
      await complete(page);
      await page.getByText("How it is drawn").click();
      await page.getByRole("slider", { name: "Guidance" }).fill("2");
      await soon(() => text(page.locator("#codes code").first())).toBe(
        `${worker.origin}/sample?model=avatars&seed=alice&guidance=2&size=256`,
      );
      const [, file] = await saved(page, () => page.getByRole("button", { name: "Save 256" }).click());
      const [address, , widget] = await page.locator("#codes code").allTextContents();
      expect(file.equals(Buffer.from(await (await fetch(address)).arrayBuffer()))).toBe(true);
      const [elsewhere, site] = [await browser.newPage(), await startWebPage()];
      site.set(widget);
      await elsewhere.goto(site.url);
      expect((await drawnByWidget(elsewhere.locator("anneal-sample"))).equals(file)).toBe(true);
      await Promise.all([elsewhere.close(), site.stop()]);
      await page.getByRole("link", { name: "Draw", exact: true }).click();
      await page.getByText("Only images").waitFor();
    }));
});

it("your pictures: keeps the focus when a class gets another name, and puts back what was removed", () =>
  open("/yours/", async (page) => {
    await page.getByRole("button", { name: "Try it with 60 drawings" }).click();
    const field = page.getByRole("textbox", { name: "Group" }).first();
    await field.fill("friends");
    await field.press("Enter");
    const focused = () => page.evaluate(() => [document.activeElement?.id, document.activeElement?.ariaLabel]);
    expect(await focused()).toEqual([await field.getAttribute("id"), null]);
    await field.fill("fiends");
    await field.press("Tab");
    expect(await focused()).toEqual(["", "Add pictures to fiends"]);
    await page.getByRole("button", { name: "Remove group fiends" }).click();
    await page.getByText("Removed 20 pictures of fiends.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Remove group fiends" }).waitFor();
  }));

describe("how it works", () => {
  const levelsOf = (page: Page): Promise<number> => page.locator("#levels li").count();

  it("shows what the network sees and guesses at each level, and goes back", () =>
    open("/how/#model=fashion-mnist", async (page) => {
      await byDevice(page);
      expect(await levelsOf(page)).toBe(6);
      const both = () => Promise.all([shown(page, "#noisy"), shown(page, "#predicted")]);
      const first = await both();
      await page.getByRole("slider", { name: "Noise level", exact: true }).press("End");
      expect(new Set([...first, ...(await both())]).size).toBe(4);
      await page.getByRole("button", { name: "Guess 1" }).click();
      expect(await both()).toEqual(first);
      const levels = page.getByRole("slider", { name: "Noise levels" });
      await levels.fill("5");
      await soon(() => levelsOf(page)).toBe(5);
      expect(new URL(page.url()).hash).toBe("#model=fashion-mnist&steps=5");
      await page.goBack();
      await soon(() => levels.inputValue()).toBe("6");
      await soon(() => levelsOf(page)).toBe(6);
    }));
});

it.each([
  ["/", "With JavaScript your device draws.", ["Drawn by the network", "Forty images"]],
  ["/how/", "One answer, three names", ["Six noise levels"]],
  ["/playground/", "With JavaScript, this page moves thousands of particles", ["Particles in two modes"]],
])("%s shows its text and its images without script", (path, words, images) =>
  openUnscripted(path, async (page) => {
    for (const name of images) {
      const image = page.getByRole("img", { name });
      await soon(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
    }
    await page.getByText(words).waitFor();
    await page.locator("#main").getByRole("button").first().waitFor({ state: "hidden" });
  }),
);
