/** The Langevin playground in a real Chromium, as a visitor uses it. */
import { readFile } from "node:fs/promises";
import type { Page, Route } from "playwright";
import sharp from "sharp";
import { expect, it } from "vitest";
import { SCENES } from "../../worker/langevin/scenes/index.ts";
import { asked } from "../support/site.ts";
import { type Visit, visit } from "../support/visit.ts";
import { startWebPage } from "../support/web-page.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const NAMES = SCENES.map(({ name }) => name);

const { worker, browser } = workerAndChromium();

const open = (query: string, options: Visit, act: (page: Page) => Promise<void>): Promise<void> =>
  visit(browser, `${worker.origin}/langevin${query}`, options, act);

const STILL: Visit = { reducedMotion: "reduce" };

/** How many pixels of each plane's upper canvas show particles. */
const litPixels = (page: Page): Promise<number[]> =>
  page.locator(".canvases canvas:last-child").evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
      return data.filter((value, i) => i % 4 === 3 && value > 0).length;
    }),
  );

/** How far things moved by themselves since the page was opened, as browsers measure it. */
const layoutShift = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) =>
          resolve(list.getEntries().reduce((sum, entry) => sum + (entry as never as { value: number }).value, 0)),
        ).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(0), 200);
      }),
  );

it.each(NAMES)("the scene %s moves by itself and nothing around it does, and it fits on telephones and on one screen", (name) =>
  open(`?scene=${name}`, { viewport: { width: 390, height: 800 } }, async (page) => {
    await page.getByText("Playing.").waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll(".charts svg[role]")].every((svg) => svg.querySelector("path.axis")));
    for (const lit of await litPixels(page)) expect(lit).toBeGreaterThan(500);
    expect(await page.locator("tbody td:not(:empty)").count()).toBeGreaterThanOrEqual(4);
    expect(await layoutShift(page)).toBeLessThan(0.001);
    const { sentences, equations } = SCENES.find((scene) => scene.name === name)!;
    for (const sentence of sentences) await page.getByText(sentence).waitFor();
    expect(await page.locator("math").count()).toBe(equations.length);
    for (const summary of await page.locator("summary").all()) await summary.click();
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    for (const summary of await page.locator("summary").all()) await summary.click();
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.evaluate(() => scrollTo(0, 0));
    for (const selector of [".plane", "#restart", ".dials", ".chart:is(.charts > *)"]) {
      for (const box of await page.locator(selector).all()) {
        const { x, y, width: w, height: h } = (await box.boundingBox())!;
        expect([selector, y + h <= 720, x + w <= 1280, x >= 0, w > 60 && h > 30]).toEqual([selector, true, true, true, true]);
      }
    }
  }),
);

it("stands still under reduced motion, steps by button, plays, and ends with the result in words", () =>
  open("?scene=modes&particles=500&levels=2&stepsPerLevel=60", STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const before = await litPixels(page);
    await page.waitForTimeout(300);
    expect(await litPixels(page)).toEqual(before);
    await page.getByRole("button", { name: "1 step" }).click();
    await page.getByText("Paused after 1 step.").waitFor();
    await page.getByRole("button", { name: "100 steps" }).click();
    await page.getByText("Paused after 101 steps. Plain Langevin dynamics: weight of the right half").waitFor();
    expect(await litPixels(page)).not.toEqual(before);
    await page.getByRole("button", { name: "Restart" }).click();
    await page.getByText("Paused after 0 steps.").waitFor();
    expect(await litPixels(page)).toEqual(before);
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText("Finished after 120 steps.").waitFor();
  }));

it("applies settings changed and buttons pressed before the script loaded", async () => {
  const page = await browser.newPage({ reducedMotion: "reduce" });
  const script = new Promise<Route>((resolve) => void page.route("**/assets/langevin.js", resolve));
  await page.goto(`${worker.origin}/langevin?friction=2`, { waitUntil: "commit" });
  await page.getByRole("button", { name: "Reset settings" }).waitFor();
  await page.getByRole("button", { name: "1 step" }).click();
  await page.getByRole("slider", { name: "Temperature" }).fill("100");
  await page.getByRole("combobox", { name: "Dynamics" }).selectOption("overdamped");
  await page.getByText("draw them in the plane, or here").click();
  await page.getByRole("slider", { name: "Pen x" }).fill("2");
  await page.getByRole("button", { name: "Remove all" }).click();
  await (await script).continue();
  await page.getByText(/^Paused after 1 step/).waitFor();
  expect(await page.getByRole("row", { name: "Temperature" }).getByRole("cell").textContent()).toBe("2");
  await page.waitForURL((url) => url.searchParams.get("temperature") === "2" && url.searchParams.get("dynamics") === "ald");
  expect(asked(page).friction).toBe("2");
  expect(await page.locator("[for=pen-x] .value").textContent()).toBe("2");
  await page.getByRole("button", { name: "Add well" }).click();
  await page.waitForURL((url) => url.searchParams.get("wells") === "2,0");
  await page.close();
});

it("scrolls under a finger, and draws with it once the button is pressed", () =>
  open("?wells=2,2", { ...STILL, viewport: { width: 390, height: 600 }, hasTouch: true, isMobile: true }, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const plane = page.locator(".canvases");
    await plane.evaluate((element) => element.scrollIntoView({ block: "center" }));
    const { x, y, width } = (await plane.boundingBox())!;
    const top = () => page.evaluate(() => scrollY);
    const start = await top();
    const session = await page.context().newCDPSession(page);
    const swipe = async (left: number, above: number) => {
      const touch = (type: "touchStart" | "touchMove" | "touchEnd", down = 0) =>
        session.send("Input.dispatchTouchEvent", {
          type,
          touchPoints: type === "touchEnd" ? [] : [{ x: left + width / 2, y: above + width / 2 + down }],
        });
      await touch("touchStart");
      for (let down = 20; down <= 160; down += 20) await touch("touchMove", down);
      await touch("touchEnd");
    };
    await swipe(x, y);
    await expect.poll(top).toBeLessThan(start - 50);
    await page.touchscreen.tap(x + width / 2, y + width / 2);
    await page.waitForTimeout(300); // the address follows later
    expect(asked(page).wells).toBe("2,2");
    await page.getByRole("button", { name: "Draw with a finger" }).click();
    const [resting, box] = [await top(), (await plane.boundingBox())!];
    await swipe(box.x, box.y);
    await page.waitForURL((url) => (url.searchParams.get("wells")?.split(";").length ?? 0) > 4);
    expect(await top()).toBe(resting);
  }));

it("keeps its state in the address, set by keyboard alone", () =>
  open("", STILL, async (page) => {
    const slider = page.getByRole("slider", { name: "Friction" });
    await slider.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await expect.poll(async () => (await slider.getAttribute("aria-valuetext")) === `${asked(page).friction} per s`).toBe(true);
    const friction = Number(asked(page).friction);
    expect(friction).toBeGreaterThan(1);
    await page.getByRole("combobox", { name: "Dynamics" }).selectOption("overdamped");
    await page.waitForURL((url) => url.searchParams.get("dynamics") === "ald");

    await page.reload();
    expect(await page.getByRole("slider", { name: "Friction" }).getAttribute("aria-valuetext")).toBe(`${friction} per s`);
    expect(await page.getByRole("combobox", { name: "Dynamics" }).inputValue()).toBe("ald");

    await page.getByRole("button", { name: "Reset settings" }).click();
    await page.waitForURL((url) => url.search === "");
    expect(await page.getByRole("slider", { name: "Friction" }).getAttribute("aria-valuetext")).toBe("1 per s");
  }));

it("names what is wrong in an address, and a step that is unstable", async () => {
  const response = await fetch(`${worker.origin}/langevin?friction=99&scene=potential`);
  expect(response.status).toBe(400);
  await open("?friction=99", STILL, async (page) => {
    await page.getByRole("alert").getByText("Friction γ takes a number from 0.1 to 5, so “99” was ignored.").waitFor();
    await page.getByRole("slider", { name: "Friction" }).fill("70");
    await page.waitForFunction(() => document.querySelector("[role=alert]")?.textContent === "");
    await page.goto(`${worker.origin}/langevin?dynamics=ald&friction=0.1&timeStep=0.2`);
    await page.getByText(/^Unstable: a step of 0\.2 s is too long/).waitFor();
  });
});

it("has wells that one draws and removes with the pointer", () =>
  open("?wells=2,2", STILL, async (page) => {
    const plane = page.locator(".canvases");
    const { width } = (await plane.boundingBox())!;
    const at = (x: number, y: number) => ({ x: ((x + 3) / 6) * width, y: ((3 - y) / 6) * width });
    await plane.click({ position: at(-1, 0.5) });
    await page.waitForURL((url) => url.searchParams.get("wells")?.split(";").length === 2);
    const [x, y] = asked(page).wells!.split(";")[1].split(",").map(Number);
    expect(Math.hypot(x! + 1, y! - 0.5)).toBeLessThan(0.05);
    await plane.click({ position: at(2, 2) });
    await page.waitForURL((url) => url.searchParams.get("wells")?.split(";").length === 1);
  }));

it("explains itself without script", () =>
  open("?scene=curve", { javaScriptEnabled: false }, async (page) => {
    await page.getByText("The particles need JavaScript, which is off here.").waitFor();
    await page.getByText(SCENES[2].sentences[0]).waitFor();
    expect(await page.locator("math").count()).toBe(SCENES[2].equations.length);
    await page.locator(".canvases").first().waitFor({ state: "hidden" });
    await page.getByRole("navigation", { name: "Scenes" }).getByRole("link", { name: "Samplers side by side" }).click();
    await page.getByText(SCENES[4].sentences[2]).waitFor();
  }));

it("plays and pauses by the space bar, unless the focused element uses it", () =>
  open("?paused", {}, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    await page.keyboard.press("Space");
    await page.getByText("Playing.").waitFor();
    await page.keyboard.press("Space");
    await page.getByText(/^Paused after/).waitFor();
    await page.getByRole("button", { name: "Restart" }).focus();
    await page.keyboard.press("Space");
    await page.getByText("Paused after 0 steps.").waitFor();
    expect(new URL(page.url()).search).toBe("?paused");
  }));

it("shows drift and noise of one particle as arrows after a single step", () =>
  open("?scene=modes&paused", {}, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    await page.getByRole("button", { name: "1 step" }).click();
    await page.getByText(/Arrows: drift, then noise, of one particle, .*as long as they are\./).waitFor();
    await page.getByRole("button", { name: "100 steps" }).click();
    expect(await page.getByText("Arrows:").count()).toBe(0);
  }));

it("draws the same particles for the same seed, and others for another", () =>
  open("?scene=modes&paused", {}, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const first = await litPixels(page);
    await page.getByRole("button", { name: "New" }).click();
    await page.waitForURL((url) => url.searchParams.has("seed"));
    await page.getByText("Paused after 0 steps.").waitFor();
    expect(await litPixels(page)).not.toEqual(first);
    await page.getByRole("spinbutton", { name: "Random seed" }).fill("1");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => !url.searchParams.has("seed"));
    expect(await litPixels(page)).toEqual(first);
  }));

it("has a presentation mode without prose, in large type, and leaves it again", () =>
  open("?paused", {}, async (page) => {
    const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
    const before = await size();
    await page.getByRole("button", { name: "Present" }).click();
    await page.waitForURL((url) => url.searchParams.has("present"));
    await page.getByText(SCENES[0].sentences[0]).waitFor({ state: "hidden" });
    await page.getByRole("navigation").first().waitFor({ state: "hidden" });
    expect(await size()).toBeGreaterThan(before);
    const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
    await expect.poll(isFull).toBe(true);
    await page.reload();
    await page.getByText("Ready after 0 steps.").waitFor();
    await page.keyboard.press("f");
    await expect.poll(isFull).toBe(true);
    await page.evaluate(() => document.exitFullscreen()); // as Escape does
    await page.getByText(SCENES[0].sentences[0]).waitFor();
    await page.keyboard.press("f");
    await page.getByText(SCENES[0].sentences[0]).waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Leave" }).click();
    await page.getByText(SCENES[0].sentences[0]).waitFor();
    await expect.poll(isFull).toBe(false);
  }));

it("takes a formula for the potential, keeps it in the address, and says what is wrong with one", () =>
  open("", STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const field = page.getByRole("textbox", { name: "Potential U by a formula" });
    await field.fill("2x");
    await field.press("Enter");
    await page.getByRole("alert").getByText("The formula cannot be read after “2”.").waitFor();
    expect(asked(page).formula).toBeUndefined();
    await field.fill("(x^2 - 1)^2 + y^2");
    await field.press("Enter");
    await page.waitForURL((url) => url.searchParams.get("formula") === "(x^2 - 1)^2 + y^2");
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.reload();
    await page.getByText("Ready after 0 steps.").waitFor();
    expect(await field.inputValue()).toBe("(x^2 - 1)^2 + y^2");
    const before = await litPixels(page);
    await page.getByRole("button", { name: "100 steps" }).click();
    await page.getByText("Paused after 100 steps.").waitFor();
    expect(await litPixels(page)).not.toEqual(before);
    await page.locator(".canvases").click({ position: { x: 40, y: 40 } }); // a well takes the formula's place
    await page.waitForURL((url) => url.searchParams.get("wells")?.split(";").length === 5 && !url.searchParams.has("formula"));
    expect(await field.inputValue()).toBe("");
    await page.goto(`${worker.origin}/langevin?formula=1/x&paused`);
    await page.getByRole("alert").getByText("The formula has no value at x = 0, y = -3. So it was ignored.").waitFor();
  }));

it("may be framed by other pages at ?embed alone, with a link to the full page", async () => {
  const other = await startWebPage(); // about:blank would not do: Chromium lets no public page load from localhost
  const page = await browser.newPage({ reducedMotion: "reduce" });
  const frame = page.frameLocator("iframe");
  const show = async (query: string) => {
    other.set(`<iframe src="${worker.origin}/langevin${query}" width="900" height="600"></iframe>`);
    await page.goto(other.url);
  };
  await show("?scene=modes&embed&weight=40");
  await frame.getByText("Ready after 0 steps.").waitFor();
  await frame.getByText(SCENES[1].sentences[0]).waitFor({ state: "hidden" });
  expect(await frame.getByRole("link", { name: "Open the playground" }).getAttribute("href")).toContain("/langevin?scene=modes");
  await show("?scene=modes");
  await expect.poll(() => page.frames()[1].url()).toBe("chrome-error://chromewebdata/");
  await page.close();
  await other.stop();
});

it("follows one particle at three step sizes, with its autocorrelation and effective sample size", () =>
  open("?scene=correlated&particles=500", STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    for (let i = 0; i < 3; i++) await page.getByRole("button", { name: "100 steps" }).click();
    await page.getByRole("heading", { name: "One particle, at three step sizes" }).scrollIntoViewIfNeeded();
    await page.getByText("A quarter of the step: 0.0625").waitFor();
    const rows = page.locator("#effective tbody tr");
    await expect.poll(() => rows.count()).toBe(3);
    const numbers = await rows.locator("td").allTextContents();
    expect(numbers.map(Number).every((number) => number >= 0 && Number.isFinite(number))).toBe(true);
  }));

it("learns points drawn by keyboard or pasted, and says so if there are none", () =>
  open("?scene=matching", STILL, async (page) => {
    await page.getByText("draw them in the plane, or here").click();
    await page.getByRole("button", { name: "Remove all" }).press("Enter");
    await page.getByRole("slider", { name: "Pen x" }).press("End");
    await page.getByRole("slider", { name: "Pen y" }).press("Home");
    await page.getByRole("button", { name: "Add point" }).press("Enter");
    await page.waitForURL((url) => url.searchParams.get("points") === "3,-3");
    await page.getByRole("button", { name: "100 steps" }).press("Enter");
    await page.getByText("Paused after 100 steps.").waitFor();
    expect(await page.getByRole("row", { name: "Training steps" }).getByRole("cell").last().textContent()).toBe("100");
    const text = page.getByRole("textbox", { name: "paste points" });
    await text.pressSequentially("no numbers");
    expect(await text.inputValue()).toBe("no numbers"); // the space bar does not play
    await page.getByRole("button", { name: "Use these points" }).click();
    await page.getByRole("alert").getByText("No line there has two numbers").waitFor();
    await text.fill("x,y\n10,20\n20,20");
    await page.getByRole("button", { name: "Use these points" }).click();
    await page.waitForURL((url) => url.searchParams.get("points") === "-2.5,0;2.5,0" && url.searchParams.get("data") === "points");
    expect(await page.getByRole("alert").count()).toBe(0);
  }));

it("takes the dark pixels of a dropped image as points", () =>
  open("?scene=matching", STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    await page
      .locator(".canvases")
      .first()
      .evaluate(async (canvases) => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 40 });
        canvas.getContext("2d")!.fillRect(30, 0, 10, 40); // black on nothing
        const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([blob!], "bar.png", { type: "image/png" }));
        canvases.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
      });
    await page.waitForURL((url) => url.searchParams.get("points")?.split(";").length === 200);
    const xs = asked(page)
      .points!.split(";")
      .map((point) => Number(point.split(",")[0]));
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(1.2);
    await page.getByText("draw them in the plane, or here").click();
    await page.getByLabel("Or a file").setInputFiles({ name: "two.csv", mimeType: "text/csv", buffer: Buffer.from("x,y\n1,2\n-1,0.5\n") });
    await page.waitForURL((url) => url.searchParams.get("points") === "1,2;-1,0.5");
  }));

it("saves the particles as CSV, the planes as PNG, and their movement as GIF", () =>
  open("?scene=modes&paused&particles=500", STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const saved = async (name: string) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    const csv = await saved("Save CSV");
    expect(csv.name).toBe("langevin-modes.csv");
    const lines = csv.bytes.toString().trim().split("\n");
    expect(lines.length).toBe(1001);
    expect(lines[1]).toMatch(/^"Plain Langevin dynamics",-?[\d.]+,-?[\d.]+$/);
    const png = await saved("Save PNG");
    expect([...png.bytes.subarray(1, 4)]).toEqual([..."PNG"].map((letter) => letter.charCodeAt(0)));
    expect(png.bytes.length).toBeGreaterThan(10_000);
    const gif = await saved("Save GIF");
    expect(gif.name).toBe("langevin-modes.gif");
    const { width, pages } = await sharp(gif.bytes, { animated: true }).metadata();
    expect(pages).toBe(60);
    expect(width).toBeLessThanOrEqual(960);
    await page.getByText(/^Paused after \d\d+ steps\./).waitFor();
  }));

it("has lessons whose states open and whose answers can be shown", () =>
  open("", STILL, async (page) => {
    await page.getByRole("link", { name: "Why score matching fails without noise" }).click();
    const answer = page.getByText("No network is at fault");
    await answer.waitFor({ state: "hidden" });
    await page.getByText("Answer", { exact: true }).nth(1).click();
    await answer.waitFor();
    await page.getByRole("link", { name: "Open this state" }).nth(1).click();
    await page.getByText("Ready after 0 steps.").waitFor();
    expect(asked(page)).toMatchObject({ scene: "matching", score: "exact", start: "plane" });
    await page.goBack();
    await page.emulateMedia({ media: "print" });
    await page.getByRole("navigation").first().waitFor({ state: "hidden" });
    expect(await page.locator(".sheet li").count()).toBe(5);
  }));
