/** The pictures that pages have before any script are those of today's model (`npm run tool -- pictures`, `wall`). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { openModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import selection from "../../worker/pages/home/wall.json" with { type: "json" };
import { drawPictures, pictureFile } from "../tools/pictures.ts";

const { columns, edge, version, seeds } = selection;
const here = (path: string): string => join(import.meta.dirname, "../..", path);

/** The images beside and below each of a wall, by their places. */
const neighbours = (places: number): [number, number][] =>
  Array.from({ length: places }, (_, i): [number, number][] => [
    ...(i % columns < columns - 1 ? [[i, i + 1] as [number, number]] : []),
    ...(i + columns < places ? [[i, i + columns] as [number, number]] : []),
  ]).flat();

it("the wall has every class of its model, and its poster the model's own images", async () => {
  const model = await openModel(here(`wasm-model/models/${DEFAULT_MODEL}`));
  expect(model.version).toBe(version);
  const classes = seeds.map((seed) => resolve("sample", { seed }, model.card).class);
  expect(new Set(classes).size).toBe(model.card.labels.length);
  expect(neighbours(seeds.length).filter(([i, k]) => classes[i] === classes[k])).toEqual([]);
  for (const i of [0, columns - 1, seeds.length - 1]) {
    const { width, height, pixels } = await sample(model, { seed: seeds[i] });
    const [left, top] = [(i % columns) * (width + 2 * edge) + edge, Math.floor(i / columns) * (height + 2 * edge) + edge];
    const poster = sharp(readFileSync(pictureFile("home/wall.avif"))).extract({ left, top, width, height });
    const cell = await poster.toColourspace("srgb").removeAlpha().raw().toBuffer();
    const squares = cell.reduce((sum, value, k) => sum + (value - pixels[k]) ** 2, 0);
    expect(Math.sqrt(squares / cell.length), `image ${i}`).toBeLessThan(10); // of 255
  }
});

it("are what the default model draws", async () => {
  for (const [path, png] of await drawPictures()) expect([path, readFileSync(pictureFile(path)).equals(png)]).toEqual([path, true]);
});
