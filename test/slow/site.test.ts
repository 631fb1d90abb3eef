/** More of what visitors do on the site, in a real Chromium. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawn, onDevice, shown, soon, text } from "../support/site.ts";
import { type RunningWorker, startWorker } from "../support/start-worker.ts";
import { type Visit, visit } from "../support/visit.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const { worker, browser } = workerAndChromium();
/** As it is deployed on the Workers Free plan. */
let free: RunningWorker;

beforeAll(async () => {
  free = await startWorker("--env", "free");
});

afterAll(() => free?.stop());

const open = (path: string, act: (page: Page) => Promise<void>, options: Visit = {}): Promise<void> =>
  visit(browser, worker.origin + path, options, act);

describe("the studio", () => {
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

  it("draws on the device what exceeds the edge's budget", () =>
    visit(browser, `${free.origin}/studio?seed=7&steps=30`, {}, async (page) => {
      await page.getByText("only your device draws it").waitFor();
      await page.locator("#status", { hasText: "Drawn by this device" }).waitFor();
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: "PNG", exact: true }).click();
      const file = await readFile(await (await download).path());
      expect(file.equals(Buffer.from(await (await fetch(`${worker.origin}/sample?seed=7&steps=30`)).arrayBuffer()))).toBe(true);
    }));
});

describe("the morph", () => {
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
  it("repaints the same at the edge as on the device", () =>
    open("/repaint?seed=7&from=8&on=edge", async (page) => {
      await page.getByText("drawn by the server").waitFor();
      const edge = await shown(page, "#results li:first-child canvas");
      await page.getByRole("radio", { name: "this device" }).check();
      await onDevice(page);
      await page.getByRole("button", { name: "Repaint" }).click();
      await page.getByText("drawn by this device").waitFor();
      await soon(() => shown(page, "#results li:first-child canvas")).toBe(edge); // the change of who draws has begun another
    }));

  it("varies and denoises an uploaded and a drawn image", () =>
    open("/repaint?seed=7&from=8", async (page) => {
      await onDevice(page);
      const own = Buffer.from(await (await fetch(`${worker.origin}/sample?seed=uploaded&size=112`)).arrayBuffer());
      await page.getByLabel("Your own image").setInputFiles({ name: "own.png", mimeType: "image/png", buffer: own });
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
      await page.getByRole("button", { name: "Blank image" }).click();
      await page.getByRole("radio", { name: "light" }).check();
      await page.locator("#canvas").click();
      await page.getByRole("combobox", { name: "What to do" }).selectOption("Remove noise");
      await page.locator("#status", { hasText: /^Drawn by this device/ }).waitFor();
      expect(await page.locator("#results canvas").count()).toBe(1);
    }));
});

describe("without script", () => {
  const unscripted: Visit = { javaScriptEnabled: false };

  it("/repaint sends files to the API, which answers with the image", () =>
    open(
      "/repaint?seed=7&from=8",
      async (page) => {
        const buffer = Buffer.from(await (await fetch(`${worker.origin}/sample?seed=8`)).arrayBuffer());
        await page.getByLabel("Image").last().setInputFiles({ name: "image.png", mimeType: "image/png", buffer });
        await page.getByRole("button", { name: "Vary the whole" }).click();
        await page.waitForURL("**/v1/fashion-mnist/variations?seed=7");
        expect(await page.locator("img").count()).toBe(1);
      },
      unscripted,
    ));
});

it.each(["/?seed=7", "/repaint?seed=7&from=8"])("%s draws on a small server", (path) =>
  visit(browser, free.origin + path, {}, async (page) => {
    await onDevice(page);
    await drawn(page);
    expect(await text(page.locator("#status"))).toMatch(/drawn (by this device|by the server)/i);
  }),
);

it("shows every small image on a small server, however busy", () =>
  visit(browser, `${free.origin}/?seed=7`, {}, async (page) => {
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>(".tiles img")].every((image) => image.src && image.complete),
    );
    const broken = await page
      .locator(".tiles img")
      .evaluateAll((images) => images.filter((image) => (image as HTMLImageElement).naturalWidth === 0).length);
    expect(broken).toBe(0);
  }));
