/** The Langevin playground in a real Chromium, as a visitor uses it. */
import type { Page } from "playwright";
import { expect, it } from "vitest";
import { SCENES } from "../../worker/langevin/lessons.ts";
import { moved, type Visit, visit, workerAndChromium } from "../support/visit.ts";

const { worker, browser } = workerAndChromium();

/** `state`: of the playground, or the path of the course. */
const open = (state: string, options: Visit, act: (page: Page) => Promise<void>): Promise<void> =>
  visit(browser, `${worker.origin}/playground/${state.includes("=") ? `#${state}` : state}`, options, act);

const STILL: Visit = { reducedMotion: "reduce" };

/** What the page's address asks for. */
const asked = (page: Page): Record<string, string> => Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1)));
const askedFor = (page: Page, name: string) => expect.poll(() => asked(page)[name]);

/** How many pixels of the upper canvas of each plane that is shown have particles. */
const litPixels = (page: Page): Promise<number[]> =>
  page
    .locator(".canvases canvas:last-child")
    .filter({ visible: true })
    .evaluateAll((canvases) =>
      canvases.map((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
        return data.filter((value, i) => i % 4 === 3 && value > 0).length;
      }),
    );

it.each(SCENES.map(({ name }) => name))("the scene %s moves by itself, and nothing around it does", (name) =>
  open(`scene=${name}`, { viewport: { width: 390, height: 800 } }, async (page) => {
    await page.getByText("Playing.").waitFor();
    await page.locator(".charts .chart > svg path.axis").last().waitFor({ state: "attached" });
    await expect.poll(async () => Math.min(...(await litPixels(page)))).toBeGreaterThan(500); // they begin close together
    expect(await page.locator(".numbers td:not(:empty)").count()).toBeGreaterThanOrEqual(4);
    expect(await moved(page)).toEqual([]);
    const words = await page.locator(".words").filter({ visible: true }).all();
    expect(await Promise.all(words.map((one) => one.getAttribute("data-scene")))).toEqual([name]);
  }),
);

it("stands still under reduced motion, steps by button, plays, and ends with the result in words", () =>
  open("scene=modes&particles=500&levels=2&stepsPerLevel=60", STILL, async (page) => {
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
    await page.getByText("Ready after 0 steps.").waitFor();
    expect(await litPixels(page)).toEqual(before);
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText("Finished after 120 steps.").waitFor();
    await page.getByRole("button", { name: "Again" }).waitFor();
    await page.getByRole("slider", { name: "Noise levels" }).press("ArrowRight");
    await page.getByText("Ready after 0 steps.").waitFor();
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
  }));

it("scrolls under a finger, and takes its tap as a point", () =>
  open("wells=2,2", { ...STILL, viewport: { width: 390, height: 600 }, hasTouch: true, isMobile: true }, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const plane = page.locator(".canvases");
    const centre = () => plane.evaluate((element) => element.scrollIntoView({ block: "center" }));
    await centre();
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
    for (let up = 20; up <= 160; up += 20) await touch("touchMove", -up);
    await touch("touchEnd");
    await expect.poll(top).toBeGreaterThan(start + 50);
    const rests = async () => (await top()) === (await page.waitForTimeout(100).then(top));
    await expect.poll(rests).toBe(true);
    await centre(); // the swipe may have carried it off the screen
    expect(asked(page).wells).toBe("2,2");
    const box = (await plane.boundingBox())!;
    await page.touchscreen.tap(box.x + width / 2, box.y + width / 2);
    await expect.poll(() => asked(page).wells?.split(";").length).toBe(2);
  }));

it("keeps its state in the address, set by keyboard alone, and opens another scene by a link", () =>
  open("", STILL, async (page) => {
    const slider = page.getByRole("slider", { name: "Friction" });
    await slider.focus();
    expect(await page.locator(".canvases[tabindex]").count()).toBe(0); // the wells have a dial, so a plane needs no focus
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await expect.poll(async () => (await slider.getAttribute("aria-valuetext")) === `${asked(page).friction} per s`).toBe(true);
    const friction = Number(asked(page).friction);
    expect(friction).toBeGreaterThan(1);
    await page.getByRole("combobox", { name: "Dynamics" }).selectOption("overdamped");
    await askedFor(page, "dynamics").toBe("ald");
    await page.reload();
    expect(await page.getByRole("slider", { name: "Friction" }).getAttribute("aria-valuetext")).toBe(`${friction} per s`);
    expect(await page.getByRole("combobox", { name: "Dynamics" }).inputValue()).toBe("ald");
    await page.getByRole("link", { name: "Particles in a potential" }).click(); // back to its defaults
    await expect.poll(() => page.getByRole("slider", { name: "Friction" }).getAttribute("aria-valuetext")).toBe("1 per s");
    await page.getByRole("link", { name: "Two modes" }).click();
    await page.getByRole("slider", { name: "Weight of the bridge" }).waitFor();
    expect(await page.locator(".scenes [aria-current]").textContent()).toBe("Two modes and a thin bridge");
    await page.goBack();
    await page.getByRole("slider", { name: "Friction" }).waitFor();
  }));

it("has wells that one writes, and draws and removes with the pointer's first button", () =>
  open("wells=2,2", STILL, async (page) => {
    const plane = page.locator(".canvases");
    const { width } = (await plane.boundingBox())!;
    const at = (x: number, y: number) => ({ x: ((x + 3) / 6) * width, y: ((3 - y) / 6) * width });
    await plane.click({ position: at(0, -1), button: "right" });
    await plane.click({ position: at(-1, 0.5) });
    await expect.poll(() => asked(page).wells?.split(";").length).toBe(2);
    const [x, y] = asked(page).wells!.split(";")[1].split(",").map(Number);
    expect(Math.hypot(x! + 1, y! - 0.5)).toBeLessThan(0.05);
    await plane.click({ position: at(2, 2) });
    await expect.poll(() => asked(page).wells?.split(";").length).toBe(1);
    await page.getByText("U = −Σ exp(−d² / 2w²) + 2 max(0, r − 2)², w = 0.45").waitFor(); // to compute with
    await page.getByRole("textbox", { name: "Wells" }).fill("1, -3");
    await page.getByRole("textbox", { name: "Wells" }).press("Enter");
    await askedFor(page, "wells").toBe("1, -3");
  }));

it("tells what a sign means and how a chart went, when asked, and takes own points in score matching", () =>
  open("scene=matching&particles=500", STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const purple = page.getByRole("button", { name: "Purple" });
    await purple.press("Enter");
    await page.getByText("How far the learned score is from the exact one.").waitFor();
    expect(await purple.getAttribute("aria-expanded")).toBe("true");
    await purple.press("Enter");
    await page.getByText("How far the learned score").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "100 steps" }).click();
    await page.getByText("Paused after 100 steps.").waitFor();
    await page.getByRole("button", { name: "In words" }).first().click();
    await page.getByText(/σ = 3, all over the plane (fell|rose) from [\d.]+ to [\d.]+ \(training steps 8 to \d+\)/).waitFor();
    await page.locator(".canvases").first().click();
    await askedFor(page, "points").toMatch(/^-?0(\.\d+)?,-?0(\.\d+)?$/);
  }));

it("lets a task be predicted, run and revealed, in this order", () =>
  open("course/", STILL, async (page) => {
    await page.getByRole("link", { name: "Open this task" }).nth(6).click();
    expect(asked(page)).toEqual({ lesson: "score-matching", task: "2" });
    await page.locator(".canvases").first().click(); // it draws no points here, which would answer another question
    await page.getByText("Ready after 0 steps.").waitFor({ state: "attached" });
    expect(await page.locator(".dials").getByRole("combobox").count()).toBe(2);
    const results = page.locator("#bench :is(.buttons button, table, .chart, .run)");
    expect(await results.count()).toBeGreaterThan(7);
    const shown = () => results.evaluateAll((all) => all.filter((one) => one.checkVisibility()).length);
    expect(await shown()).toBe(0);
    await page.getByRole("textbox", { name: "Your prediction" }).fill(" ");
    expect(await page.getByRole("button", { name: "Try it" }).isDisabled()).toBe(true);
    await page.getByRole("textbox", { name: "Your prediction" }).fill("80 %");
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByText("Ready after 0 steps.").waitFor();
    expect(await shown()).toBe(await results.count());
    expect(asked(page)).toEqual({ lesson: "score-matching", task: "2" });
    await page.locator(".prediction").getByText("Let it run to its end and read the weight of the right half.").waitFor();
    const reveal = page.locator(".buttons").getByRole("button", { name: "Reveal" });
    expect(await reveal.isDisabled()).toBe(true);
    const exact = page.getByText("In the target distribution");
    expect(await exact.isVisible()).toBe(false); // a part of the answer
    await page.keyboard.press("Enter"); // Play has the focus
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await exact.waitFor();
    await reveal.click();
    await page.locator(".answer").getByText("No network is at fault").waitFor();
    await page.getByRole("combobox", { name: "Moved by" }).selectOption("learned");
    await page.getByText("Error of the learned score").waitFor();
    await page.getByRole("button", { name: "Restart" }).click();
    await askedFor(page, "score").toBe(undefined);
    await page.getByText("Error of the learned score").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Hide" }).click();
    await page.locator(".answer").waitFor({ state: "hidden" });
    await page.getByText("core task 2 of 5").locator("a", { hasText: "Next" }).click();
    await page.locator(".question").getByText("Write down the score of").waitFor();
    await page.goBack();
    await page.locator(".question").getByText("Now the exact score moves").waitFor();
    expect(await page.getByRole("textbox", { name: "Your prediction" }).inputValue()).toBe("80 %");
    for (let i = 0; i < 3; i++) await page.getByRole("link", { name: "Next" }).click();
    await page.getByRole("link", { name: "Next lesson" }).click();
    await askedFor(page, "lesson").toBe("diffusion");
  }));

it("opens what was asked for last, however fast one asks", () =>
  open("", STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    await page.evaluate(() => {
      for (const state of ["#scene=samplers", "#friction=2", "#scene=samplers", "#friction=3", "#scene=samplers"]) {
        history.pushState(null, "", state);
        dispatchEvent(new PopStateEvent("popstate"));
      }
    });
    await page.getByRole("columnheader", { name: "heun" }).waitFor();
    await page.getByText("Ready after 0 steps.").waitFor();
  }));

it("prints a worksheet, a lesson a page, and a key with its questions; answers only if the key is asked for", () =>
  open("course/", { viewport: { width: 720, height: 900 } }, async (page) => {
    await page.getByText("3 lessons, 45 minutes in all, 3 for each task").waitFor();
    await page.evaluate(() => (window.print = () => {}));
    const shown = (selector: string) => page.locator(selector).evaluateAll((all) => all.filter((one) => one.checkVisibility()).length);
    const print = async (name: string) => {
      await page.emulateMedia({ media: "screen" });
      await page.getByRole("button", { name }).click();
      await page.emulateMedia({ media: "print" });
    };
    const pages = async (format: string) => (await page.pdf({ format })).toString("latin1").split(/\/Type \/Page\b/).length - 1;
    await print("Print the worksheet");
    expect([await shown("li > p:first-child"), await shown("details, .teachers, cite"), await shown("nav, h1")]).toEqual([15, 0, 0]);
    expect([await pages("A4"), await pages("Letter")]).toEqual([3, 3]);
    await print("Print the key");
    expect([await shown("li > p:first-child"), await shown("li strong"), await shown("details p"), await shown(".teachers")]).toEqual([
      15, 9, 15, 1,
    ]);
    expect([await pages("A4"), await pages("Letter")]).toEqual([2, 2]);
  }));
