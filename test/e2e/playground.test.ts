/** The Langevin playground in a real Chromium, as a visitor uses it. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { expect, it } from "vitest";
import { LESSONS } from "../../worker/langevin/lessons.ts";
import { SCENES } from "../../worker/langevin/scenes/index.ts";
import { moved } from "../support/site.ts";
import { type Visit, visit } from "../support/visit.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

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

/** What a scene has, or a task once one has predicted, is on a screen of 1280 by 720 pixels. */
async function fitsOnScreen(page: Page): Promise<void> {
  for (const selector of [".plane", ".buttons button", ".dials .field:not(.text)", ".chart", ".numbers tr"]) {
    const boxes = await page.locator(`#bench ${selector}`).filter({ visible: true }).all();
    expect(boxes.length, selector).toBeGreaterThan(0);
    for (const box of boxes) {
      const { x, y, width, height } = (await box.boundingBox())!;
      const place = { x, y, right: x + width, bottom: y + height };
      expect([selector, place, x >= 0 && y >= 0 && x + width <= 1280 && y + height <= 720]).toEqual([selector, place, true]);
    }
  }
  expect(await page.locator(".numbers").evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)).toBe(true);
}

it.each(SCENES.map(({ name }) => name))(
  "the scene %s moves by itself and nothing around it does, and it fits on telephones and on one screen",
  (name) =>
    open(`scene=${name}`, { viewport: { width: 390, height: 800 } }, async (page) => {
      await page.getByText("Playing.").waitFor();
      await page.waitForFunction(() =>
        [...document.querySelectorAll(".charts .chart > svg")].every((svg) => svg.querySelector("path.axis")),
      );
      await expect.poll(async () => Math.min(...(await litPixels(page)))).toBeGreaterThan(500); // they begin close together
      expect(await page.locator(".numbers td:not(:empty)").count()).toBeGreaterThanOrEqual(4);
      expect(await moved(page)).toEqual([]);
      expect(
        await page
          .locator(".words")
          .evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => (one as HTMLElement).dataset.scene)),
      ).toEqual([name]);
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      }
      await page.setViewportSize({ width: 1280, height: 720 });
      await page.evaluate(() => scrollTo(0, 0));
      await fitsOnScreen(page);
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

it("says that a step is unstable", () =>
  open("dynamics=ald&friction=0.1&timeStep=0.2", STILL, (page) => page.getByText(/^Unstable: a step of 0\.2 s is too long/).waitFor()));

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
    await page.getByRole("textbox", { name: "Wells" }).fill("1, -3");
    await page.getByRole("textbox", { name: "Wells" }).press("Enter");
    await askedFor(page, "wells").toBe("1, -3");
  }));

it("shows its words, its equations and a picture without script", () =>
  open("", { javaScriptEnabled: false }, async (page) => {
    await page.getByText("With JavaScript, this page moves thousands of particles on your device.").waitFor();
    for (const name of ["Particles in a potential", "A correlated target"]) await page.getByRole("heading", { name }).waitFor();
    expect(await page.locator("math").count()).toBeGreaterThan(8);
    const picture = page.getByRole("img", { name: /^Particles in two modes/ });
    await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(300);
  }));

const SCREEN: Visit = { ...STILL, viewport: { width: 1280, height: 720 } };

it("has planes, dials, a chart and numbers of each scene and task on a projector's screen, in letters of 18 pixels", () =>
  open("", SCREEN, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    await page.getByRole("button", { name: "Full screen" }).click();
    for (const state of [...TASKS, ...SCENES.map(({ name }) => `scene=${name}`)]) {
      await go(page, state);
      if (TASKS.includes(state)) {
        await predict(page);
        await page.getByRole("button", { name: "Restart" }).click();
        await page.getByRole("button", { name: "Reveal" }).click();
      }
      await page.getByRole("button", { name: "Leave full screen" }).waitFor();
      await fitsOnScreen(page);
      const { planes, letters, lowest, places, title } = await page.locator("#bench").evaluate((bench) => {
        const shown = [...bench.querySelectorAll<HTMLElement>("*")].filter((one) => one.checkVisibility() && !one.closest(".unseen"));
        const withWords = shown.filter(({ childNodes }) => [...childNodes].some((node) => node.nodeType === 3 && node.textContent !== ""));
        return {
          planes: Math.min(...[...bench.querySelectorAll(".canvases")].map(({ clientHeight }) => clientHeight)),
          letters: withWords
            .map((one) => `${getComputedStyle(one).fontSize} ${one.textContent}`)
            .filter((line) => Number.parseFloat(line) < 18),
          lowest: Math.max(...shown.map((one) => one.getBoundingClientRect().bottom)),
          places: [".canvases", "table", ".answer", ".chart > svg"].map((selector) =>
            bench.querySelector(selector)?.getBoundingClientRect(),
          ),
          title: bench.querySelector(".chart figcaption")!.textContent,
        };
      });
      const [plane, table, answer, chart] = places;
      if (answer)
        expect([state, plane!.bottom < table!.top, answer.bottom < chart!.top, chart!.height > 75]).toEqual([state, true, true, true]);
      if (/boltzmann&task=[34]/.test(state)) expect(title).toBe("Distance to the target");
      expect([state, planes > (TASKS.includes(state) ? 240 : 340), letters]).toEqual([state, true, []]);
      expect(lowest).toBeGreaterThan(660); // no empty band below
      expect(lowest).toBeLessThanOrEqual(720);
    }
    await page.getByRole("button", { name: "Leave full screen" }).click();
    await expect.poll(() => page.evaluate(() => document.fullscreenElement)).toBe(null);
  }));

it("says that particles diverged, cuts no column of numbers in full screen, and no path has a place that is none", () =>
  open("scene=correlated&stepSize=0.6&particles=500", SCREEN, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    await page.getByRole("button", { name: "Full screen" }).click();
    for (const steps of [100, 200, 300]) {
      await page.getByRole("button", { name: "100 steps" }).click();
      await page.getByText(`Paused after ${steps} steps.`).waitFor();
      await fitsOnScreen(page);
    }
    expect(await page.getByRole("row", { name: "Variance across" }).getByRole("cell").first().textContent()).toBe("diverged");
    const paths = await page.locator("svg path").evaluateAll((all) => all.map((path) => path.getAttribute("d") ?? ""));
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((d) => /NaN|Infinity/.test(d))).toEqual([]);
  }));

it("tells the number of each of a chart's bars, and the last one of a line over time, not of other runs", () =>
  open("", STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const bars = await page.locator(".charts .bars title").allTextContents();
    expect(bars.length).toBe(20);
    for (const bar of bars) expect(bar).toMatch(/^[\d.e-]+ at -?\d\.\d5$/);
    await page.getByRole("button", { name: "100 steps" }).click();
    await page.getByText("Paused after 100 steps.").waitFor();
    expect(await page.locator(".charts output").allTextContents()).toEqual([expect.stringMatching(/^0\.\d+$/)]);
    await go(page, "scene=samplers&particles=500");
    await page.getByRole("button", { name: "Play" }).click();
    await page.locator('.charts path[d*="L"]').nth(1).waitFor({ state: "attached" }); // beside the line to reach
    expect(await page.locator(".charts output").allTextContents()).toEqual(["", "", ""]);
  }));

const TASKS = LESSONS.flatMap(({ slug, tasks }) => tasks.map((_, i) => `lesson=${slug}&task=${i + 1}`));

const PHONE: Visit = { ...STILL, viewport: { width: 375, height: 667 } };

/** Opens another state of the page. */
async function go(page: Page, state: string): Promise<void> {
  await page.evaluate((hash) => {
    document.querySelector("#bench")!.replaceChildren(); // what one waits for is not the last state's
    location.hash = hash;
  }, state);
  await page.getByText("Ready after 0 steps.").waitFor({ state: "attached" });
}

async function predict(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Your prediction" }).fill("half");
  await page.getByRole("button", { name: "Try it" }).click();
}

it("has all of each task on one screen once one has predicted", () =>
  open("", SCREEN, async (page) => {
    for (const task of TASKS) {
      await go(page, task);
      await predict(page);
      await fitsOnScreen(page);
    }
  }));

it("has task, plane, dials and a box for the answer of each task on one screen of a telephone", () =>
  open("", PHONE, async (page) => {
    for (const task of TASKS) {
      await go(page, task);
      await page.evaluate(() => scrollTo(0, 0));
      for (const selector of [".question", ".planes", ".dials", "#prediction"]) {
        const { x, y, width, height } = (await page.locator(selector).boundingBox())!;
        expect([task, selector, y >= 0, y + height <= 667, x >= 0, x + width <= 375]).toEqual([task, selector, true, true, true, true]);
      }
    }
  }));

it.each(["samplers", "correlated"])("shows one plane of three on a telephone, as wide as it, and another by a choice: %s", (name) =>
  open(`scene=${name}`, PHONE, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const { planes } = SCENES.find((scene) => scene.name === name)!;
    for (const caption of planes) {
      await page.getByRole("combobox", { name: "Plane" }).selectOption(caption);
      const shown = page.locator(".canvases").filter({ visible: true });
      expect(await shown.getAttribute("aria-label")).toContain(caption);
      expect((await shown.boundingBox())!.width).toBeGreaterThan(300);
      await expect.poll(async () => Math.min(...(await litPixels(page)))).toBeGreaterThan(300);
    }
  }),
);

it("has choices on a telephone that are as wide as their words", () =>
  open("", PHONE, async (page) => {
    for (const state of [...TASKS, ...SCENES.map(({ name }) => `scene=${name}`)]) {
      await go(page, state);
      const cut = await page.locator("#bench select").evaluateAll((all) =>
        (all as HTMLSelectElement[])
          .filter((select) => {
            const { width } = select.getBoundingClientRect();
            select.style.width = select.style.maxWidth = "max-content";
            return select.getBoundingClientRect().width > width;
          })
          .map(({ name, value }) => `${name} ${value}`),
      );
      expect([state, cut]).toEqual([state, []]);
    }
  }));

it("fades the end of the scenes' list on a telephone, and no word of it once one is there", () =>
  open("", PHONE, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    const list = page.locator(".scenes ol");
    expect(await list.evaluate((one) => getComputedStyle(one).maskImage)).toContain("32px");
    const room = () => list.evaluate((one) => one.getBoundingClientRect().right - one.lastElementChild!.getBoundingClientRect().right);
    expect(await room()).toBeLessThan(0);
    await list.evaluate((one) => one.scrollTo(1e4, 0));
    await expect.poll(room).toBeGreaterThan(31);
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
    const place = await reveal.boundingBox();
    const exact = page.getByText("In the target distribution");
    expect(await exact.isVisible()).toBe(false); // a part of the answer
    await page.keyboard.press("Enter"); // Play has the focus
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await exact.waitFor();
    expect(await reveal.boundingBox()).toEqual(place); // a shorter report moves nothing
    await reveal.click();
    await page.locator(".answer").getByText("No network is at fault").waitFor();
    expect(await shown()).toBe(await results.count());
    expect(await page.locator(".chart figcaption").allTextContents()).toEqual(["Distance to the target"]); // of no network
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

it("hides the limit of the step, which a task asks for, until the answer is revealed, and shows the formula to compute it with", () =>
  open("lesson=boltzmann&task=4&timeStep=0.03", STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor({ state: "attached" });
    await page.getByText("U = −Σ exp(−d² / 2w²) + 2 max(0, r − 2)², w = 0.45").waitFor();
    expect(await page.locator(".movement .problem").isVisible()).toBe(false);
    await predict(page);
    await page.getByRole("button", { name: "1 step", exact: true }).click();
    await page.getByText("after 1 step").waitFor();
    expect(await page.locator(".movement .problem").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByText("must be below 2γ/k = 0.0214 s").waitFor();
  }));

/** The colours of a plane's particles and of a chart's lines, as red, green and blue. */
const coloursOf = (page: Page) =>
  page.evaluate(() => ({
    planes: [...document.querySelectorAll<HTMLCanvasElement>(".canvases canvas:last-child")].map((canvas) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const darkest = data.reduce((most, alpha, i) => (i % 4 === 3 && alpha > data[most] ? i : most), 3);
      return [...data.slice(darkest - 3, darkest)];
    }),
    charts: [...document.querySelectorAll(".charts .chart")].map((chart) =>
      [...chart.querySelectorAll(".sample path")].map((path) =>
        getComputedStyle(path)
          .stroke.match(/[\d.]+/g)!
          .slice(0, 3)
          .map(Number),
      ),
    ),
  }));

it.each(["modes", "samplers", "correlated"])("gives a method one colour, in its plane and in charts: %s", (name) =>
  open(`scene=${name}&particles=5000`, STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    await page.getByRole("button", { name: "1 step", exact: true }).click();
    await page.getByText("Paused after 1 step.").waitFor();
    const { planes, charts } = await coloursOf(page);
    expect(new Set(planes.map(String)).size).toBe(planes.length);
    for (const chart of charts)
      for (const [i, plane] of planes.entries())
        for (const [channel, value] of plane.entries()) expect(Math.abs(chart[i][channel] - value)).toBeLessThan(8); // particles are not quite opaque
  }),
);

it("opens what was asked for last, however fast one asks", () =>
  open("", STILL, async (page) => {
    await page.getByText("Ready after 0 steps.").waitFor();
    await page.evaluate(async () => {
      const ask = (state: string) => {
        history.pushState(null, "", state);
        dispatchEvent(new PopStateEvent("popstate"));
      };
      const turn = () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = resolve;
          port2.postMessage(null);
        });
      for (const state of ["#scene=samplers", "#friction=2", "#scene=samplers", "#friction=3"]) ask(state);
      await turn();
      ask("#scene=samplers");
    });
    await page.getByRole("columnheader", { name: "heun" }).waitFor();
    await page.getByText("Ready after 0 steps.").waitFor();
  }));

it("prints a worksheet, a lesson a page with lines to write on, and a key with its questions; answers only if the key is asked for", () =>
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
    await page.getByText("Answer").first().click();
    await page.emulateMedia({ media: "print" });
    expect([await shown("li > p:first-child"), await shown("details, summary, details p"), await shown("cite")]).toEqual([15, 0, 6]);
    await print("Print the worksheet");
    expect([await shown("li > p:first-child"), await shown("details, .teachers, cite"), await shown("nav, h1")]).toEqual([15, 0, 0]);
    expect(await shown("li strong")).toBe(9);
    for (const lesson of await page.locator(".lesson").all())
      expect(await lesson.evaluate((one) => getComputedStyle(one, "::before").content)).toMatch(/Name __+ {3}Date __+.*\/playground\//);
    for (const task of await page.locator("li:has(details)").all())
      expect(await task.evaluate((one) => Number.parseFloat(getComputedStyle(one, "::after").height))).toBeGreaterThan(85); // 22 mm
    expect([await pages("A4"), await pages("Letter")]).toEqual([3, 3]);
    await print("Print the key");
    expect([await shown("li > p:first-child"), await shown("li strong"), await shown("details p"), await shown(".teachers")]).toEqual([
      15, 9, 15, 1,
    ]);
    expect([await pages("A4"), await pages("Letter")]).toEqual([3, 3]);
  }));

it("keeps predictions when one comes back, saves them as a text, and deletes them", () =>
  open("lesson=diffusion&task=2", STILL, async (page) => {
    const box = page.getByRole("textbox", { name: "Your prediction" });
    await box.fill("a quarter, for “σ” is large");
    await page.reload();
    await expect.poll(() => box.inputValue()).toBe("a quarter, for “σ” is large");
    await page.getByRole("link", { name: "Back to the course" }).click();
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save my answers" }).click();
    const saved = await readFile(await (await saving).path(), "utf8");
    expect(saved.match(/^My answer:/gm)?.length).toBe(15);
    expect(saved).toMatch(/From Langevin to diffusion.*\n2\. The right plane takes [^\n]*\nMy answer: a quarter, for “σ” is large\n/s);
    page.once("dialog", (dialog) => dialog.accept());
    await page.getByRole("button", { name: "Delete my answers" }).click();
    await page.goBack();
    await expect.poll(() => box.inputValue()).toBe("");
    await page.reload();
    await box.waitFor();
    expect(await box.inputValue()).toBe("");
  }));

async function refuseToKeep(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("refused", "QuotaExceededError");
    };
  });
}

it("says that a browser which refuses to keep predictions forgets them, and still has them until one leaves", () =>
  open("lesson=diffusion&task=2", { ...STILL, before: refuseToKeep }, async (page) => {
    await page.getByRole("textbox", { name: "Your prediction" }).fill("half");
    await page.getByText("This browser forgets your answers when you leave").waitFor();
    await page.getByRole("link", { name: "Next" }).click();
    await expect.poll(() => page.getByRole("textbox", { name: "Your prediction" }).inputValue()).toBe("");
    await page.getByRole("link", { name: "Previous" }).click();
    await expect.poll(() => page.getByRole("textbox", { name: "Your prediction" }).inputValue()).toBe("half");
  }));
