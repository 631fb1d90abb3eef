/** The Langevin playground in a real Chromium, as a visitor uses it. */
import type { Page, Route } from "playwright";
import { describe, expect, it } from "vitest";
import { SCENES } from "../../worker/langevin/scenes/index.ts";
import { violations } from "../support/pages.ts";
import { asked } from "../support/site.ts";
import { type Visit, visit } from "../support/visit.ts";
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

/** Of the learned score's plane. */
const trainingSteps = async (page: Page): Promise<number> =>
  Number(await page.getByRole("row", { name: "Training steps" }).last().getByRole("cell").textContent());

describe.each(NAMES)("the scene %s", (name) => {
  it("moves by itself, in planes, tables and charts, and nothing around it does", () =>
    open(`?scene=${name}`, { viewport: { width: 390, height: 800 } }, async (page) => {
      await page.getByText("Playing.").waitFor();
      await page.waitForFunction(() => [...document.querySelectorAll(".chart > svg")].every((svg) => svg.querySelector("path.axis")));
      for (const lit of await litPixels(page)) expect(lit).toBeGreaterThan(500);
      expect(await page.locator("tbody td:not(:empty)").count()).toBeGreaterThanOrEqual(4);
      const shift = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            new PerformanceObserver((list) =>
              resolve(list.getEntries().reduce((sum, entry) => sum + (entry as never as { value: number }).value, 0)),
            ).observe({
              type: "layout-shift",
              buffered: true,
            });
            setTimeout(() => resolve(0), 500);
          }),
      );
      expect(shift).toBeLessThan(0.001);
      const { title, sentences, equations } = SCENES.find((scene) => scene.name === name)!;
      await page.getByRole("heading", { name: title }).waitFor();
      for (const sentence of sentences) await page.getByText(sentence).waitFor();
      expect(await page.locator("math").count()).toBe(equations.length);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    }));

  it("stands still where motion is to be reduced, and steps by button", () =>
    open(`?scene=${name}`, STILL, async (page) => {
      await page.getByText("Ready after 0 steps.").waitFor();
      await page.getByRole("button", { name: "Play" }).waitFor();
      const before = await litPixels(page);
      await page.waitForTimeout(300);
      expect(await litPixels(page)).toEqual(before);
      await page.getByRole("button", { name: "1 step" }).click();
      await page.getByText("Paused after 1 step.").waitFor();
      await page.getByRole("button", { name: "100 steps" }).click();
      await page.getByText(/^(Paused after 101 steps|Finished)/).waitFor();
      expect(await litPixels(page)).not.toEqual(before);
      expect(await page.getByRole("status").textContent()).toMatch(/istance to the/);
      await page.getByRole("button", { name: "Restart" }).click();
      await page.getByText("Paused after 0 steps.").waitFor();
      expect(await litPixels(page)).toEqual(before);
      await page.getByRole("button", { name: "Play" }).click();
      await page.getByText("Playing.").waitFor();
    }));
});

it("takes settings that were changed before the script came, and offers no button that would do nothing", async () => {
  const page = await browser.newPage({ reducedMotion: "reduce" });
  const script = new Promise<Route>((resolve) => void page.route("**/assets/langevin.js", resolve));
  await page.goto(`${worker.origin}/langevin?friction=2`, { waitUntil: "commit" });
  await page.getByRole("button", { name: "Reset settings" }).waitFor();
  expect(await page.locator("#scene button:enabled").count()).toBe(0);
  await page.getByRole("slider", { name: "Temperature" }).fill("100");
  await page.getByRole("combobox", { name: "Dynamics" }).selectOption("overdamped");
  await (await script).continue();
  await page.getByText("Ready after 0 steps.").waitFor();
  expect(await page.locator("#scene button:disabled").count()).toBe(0);
  expect(await page.getByRole("row", { name: "Temperature" }).getByRole("cell").textContent()).toBe("2");
  await page.waitForURL((url) => url.searchParams.get("temperature") === "2" && url.searchParams.get("dynamics") === "ald");
  expect(asked(page).friction).toBe("2");
  await page.close();
});

it("scrolls under a swipe, and takes a tap for a well", () =>
  open("?wells=2,2", { ...STILL, viewport: { width: 390, height: 600 }, hasTouch: true, isMobile: true }, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const plane = page.locator(".canvases");
    await plane.evaluate((element) => element.scrollIntoView({ block: "center" }));
    const { x, y, width } = (await plane.boundingBox())!;
    const top = () => page.evaluate(() => scrollY);
    const start = await top();
    const session = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", down = 0) =>
      session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: type === "touchEnd" ? [] : [{ x: x + width / 2, y: y + width / 2 + down }],
      });
    await touch("touchStart");
    for (let down = 20; down <= 160; down += 20) await touch("touchMove", down);
    await touch("touchEnd");
    await expect.poll(top).toBeLessThan(start - 50);
    await page.waitForTimeout(300); // the address follows later
    expect(asked(page).wells).toBe("2,2");
    const moved = (await plane.boundingBox())!;
    await page.touchscreen.tap(moved.x + width / 2, moved.y + width / 2);
    await page.waitForURL((url) => url.searchParams.get("wells")?.split(";").length === 2);
  }));

it("pauses, plays on, and ends with the result in words", () =>
  open("?scene=modes&levels=2&stepsPerLevel=20", {}, async (page) => {
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText(/^Paused after \d+ steps?\. Plain Langevin dynamics: weight of the right half/).waitFor();
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText("Finished after 40 steps.").waitFor();
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText("Playing.").waitFor();
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

it("names what is wrong in an address", async () => {
  const response = await fetch(`${worker.origin}/langevin?friction=99&scene=potential`);
  expect(response.status).toBe(400);
  await open("?friction=99", STILL, async (page) => {
    await page.getByRole("alert").getByText("Friction γ takes a number from 0.1 to 5, so “99” was ignored.").waitFor();
    await page.getByRole("slider", { name: "Friction" }).fill("70");
    await page.waitForFunction(() => document.querySelector("[role=alert]")?.textContent === "");
  });
});

it("has wells that one draws with the pointer, and takes away again", () =>
  open("?wells=2,2", STILL, async (page) => {
    const plane = page.locator(".canvases");
    const { width } = (await plane.boundingBox())!;
    const at = (x: number, y: number) => ({ x: ((x + 3) / 6) * width, y: ((3 - y) / 6) * width });
    await plane.click({ position: at(-1, 0.5) });
    await page.waitForURL((url) => url.searchParams.get("wells")?.split(";").length === 2);
    const [x, y] = asked(page).wells!.split(";")[1]!.split(",").map(Number);
    expect(Math.hypot(x! + 1, y! - 0.5)).toBeLessThan(0.05);
    await plane.click({ position: at(2, 2) });
    await page.waitForURL((url) => url.searchParams.get("wells")?.split(";").length === 1);
  }));

it("has points that one draws by keyboard, which the network then learns", () =>
  open("?scene=matching", STILL, async (page) => {
    await page.getByRole("button", { name: "Remove all" }).press("Enter");
    await page.getByRole("slider", { name: "Pen x" }).press("End");
    await page.getByRole("slider", { name: "Pen y" }).press("Home");
    await page.getByRole("button", { name: "Add point" }).press("Enter");
    await page.waitForURL((url) => url.searchParams.get("points") === "3,-3");
    await page.getByRole("button", { name: "100 steps" }).press("Enter");
    expect(await trainingSteps(page)).toBeGreaterThan(100);
    await page.getByRole("button", { name: "Remove nearest" }).press("Enter");
    await page.waitForURL((url) => url.searchParams.get("points") === "");
  }));

it("explains itself without script", () =>
  open("?scene=curve", { javaScriptEnabled: false }, async (page) => {
    await page.getByText("The particles need JavaScript, which is off here.").waitFor();
    await page.getByText(SCENES[2]!.sentences[0]).waitFor();
    expect(await page.locator("math").count()).toBe(SCENES[2]!.equations.length);
    await page.locator(".canvases").first().waitFor({ state: "hidden" });
    await page.getByRole("navigation", { name: "Scenes" }).getByRole("link", { name: "Samplers side by side" }).click();
    await page.getByText(SCENES[4]!.sentences[2]).waitFor();
  }));

it("fits on the smallest telephones", () =>
  open("", { viewport: { width: 320, height: 640 }, ...STILL }, async (page) => {
    for (const name of NAMES) {
      await page.goto(`${worker.origin}/langevin?scene=${name}`);
      expect([name, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([name, 320]);
    }
  }));

it("is linked from the page", async () => {
  expect(await (await fetch(`${worker.origin}/?seed=7`)).text()).toContain('<a href="/langevin">');
});

it.each(["light", "dark"] as const)("breaks no rule of axe, before and after it is used: %s", (colorScheme) =>
  open("", { viewport: { width: 390, height: 800 }, colorScheme, ...STILL }, async (page) => {
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "100 steps" }).click();
    await page.getByRole("button", { name: "Add well" }).click();
    await page.getByText("Paused after 100 steps.").waitFor();
    expect(await violations(page)).toEqual([]);
  }),
);
