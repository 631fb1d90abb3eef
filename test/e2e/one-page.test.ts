/** "Save as a page": one file that draws, opened from a disk in a real Chromium without a network. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { openModel, packagedModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { DIST } from "../../worker/node/build.ts";
import { onePage } from "../../worker/pages/shared/one-page.ts";
import { temporaryFolder } from "../support/files.ts";
import { workerAndChromium } from "../support/worker-and-chromium.ts";

const { browser } = workerAndChromium();
const folder = temporaryFolder("one-page");

it("draws and saves the image of a name and a class, and its policy lets it reach nothing", async () => {
  const model = await openModel();
  const { labels } = model.card;
  const bytes = new Uint8Array(readFileSync(packagedModel()));
  const text = onePage({ name: "<Pets> & co", labels, model: bytes }, readFileSync(join(DIST, "site/element.js"), "utf8"));
  expect(text.length).toBeLessThan(3.5e6);
  const file = join(folder, "pets.html");
  writeFileSync(file, text);
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", ({ message }) => faults.push(message));
  await page.goto(pathToFileURL(file).href);
  await page.getByRole("heading", { name: "<Pets> & co" }).waitFor();
  await page.getByRole("combobox", { name: "Class" }).selectOption("robot");
  await page.getByRole("textbox", { name: "Name" }).fill("Mia");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save" }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe("Mia.png");
  const { png } = await sample(model, { seed: "Mia", class: "robot", size: 128 });
  expect(readFileSync(await saved.path()).equals(png())).toBe(true);
  expect(faults).toEqual([]);
  const reached = await page.evaluate(() => fetch("https://anneal.test/").then(String, String));
  expect(reached).toContain("Failed to fetch");
  expect(faults.join()).toContain("Content Security Policy");
  await context.close();
});
