/** The game of the element's README: the sheet of the command line, and an image that is drawn at play, as they stand on the canvas of Phaser. */
import { copyFileSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type DecodedPng, decode } from "fast-png";
import { expect, it } from "vitest";
import { simd } from "../../wasm-model/engine/simd.ts";
import { loadModel, sample } from "../../wasm-model/index.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { FIXTURE, modelFolder, shippedModel } from "../golden/golden.ts";
import { launchChromium } from "../support/browsers.ts";
import { run, succeeded } from "../support/command-line.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { commandsIn, installInto } from "../support/packed.ts";
import { serveFiles } from "../support/web-page.ts";

const ROOT = resolve(import.meta.dirname, "../..");

interface Frame {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const README = readFileSync(join(ROOT, "worker/element/README.md"), "utf8");
const [, section] = README.split("\n## In a game\n");
const [, verb, words] = /`npx anneal (\w+) models\/my-images ([^`]+)`/.exec(section) ?? [];
const [, example] = /```js\n(.*?)```/s.exec(section) ?? [];
const SCALE = 4;
const folder = temporaryFolder("game");

it.each(["3.90.0", "4.2.1"])("Phaser %s shows every pixel of a sheet, and of an image that is drawn at play", async (version) => {
  const path = await installInto(join(folder, version), commandsIn(process.env).succeed, `phaser@${version}`);
  const imports = { phaser: "./node_modules/phaser/dist/phaser.esm.min.js", "anneal/element": "./element.js" };
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  writeFolder(path, { "index.html": `<!doctype html><link rel="icon" href="data:,">${map}<script type="module">${example}</script>` });
  copyFileSync(join(ROOT, "dist/site/element.js"), join(path, "element.js"));
  copyFileSync(join(modelFolder(FIXTURE), MODEL_FILE), join(path, MODEL_FILE));
  await succeeded(run(verb, [path, ...words.replace("sprites", join(path, "sprites")).split(" ")]));

  const sheet = decode(readFileSync(join(path, "sprites.png")));
  const { frames } = JSON.parse(readFileSync(join(path, "sprites.json"), "utf8")) as { readonly frames: Record<string, { frame: Frame }> };
  const hero = decode((await sample(await loadModel(shippedModel(FIXTURE), { runtime: simd }), { seed: "Mia" })).png());
  const images = Object.values(frames).map(({ frame }) => [sheet, frame] as const);
  expect(images).toHaveLength(24);
  const [host, browser] = await Promise.all([serveFiles(path), launchChromium()]);
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
    await page.goto(host.url);
    const differences = async (): Promise<number[]> => {
      const shown = decode(await page.locator("body > canvas").screenshot());
      const placed = images.map(([image, frame], k) => different(shown, k % 6, Math.floor(k / 6), image, frame));
      return [...placed, different(shown, 5, 4, hero, { x: 0, y: 0, w: hero.width, h: hero.height })];
    };
    await expect.poll(differences, { timeout: 60_000 }).toEqual(Array(25).fill(0));
  } finally {
    await Promise.all([browser.close(), host.stop()]);
  }
});

/** How many pixels of the canvas differ from this part of an image, whose centre stands where the example places it, on black. */
function different(canvas: DecodedPng, column: number, row: number, image: DecodedPng, { x, y, w, h }: Frame): number {
  const [left, top] = [80 + 150 * column - (SCALE * w) / 2, 80 + 150 * row - (SCALE * h) / 2];
  const places = Array.from({ length: SCALE * w * SCALE * h }, (_, i) => [i % (SCALE * w), Math.floor(i / (SCALE * w))]);
  return places.filter(([i, j]) => {
    const expected = colourAt(image, x + Math.floor(i / SCALE), y + Math.floor(j / SCALE));
    return colourAt(canvas, left + i, top + j).some((value, channel) => value !== expected[channel]);
  }).length;
}

/** RGB, of a transparent pixel black. */
function colourAt({ data, channels, width, palette }: DecodedPng, x: number, y: number): readonly number[] {
  const at = channels * (width * y + x);
  const [red, green, blue, alpha = 255] = palette?.[data[at]] ?? data.subarray(at, at + channels);
  return alpha === 0 ? [0, 0, 0] : [red, green, blue];
}
