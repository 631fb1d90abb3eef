import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { openModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { SHIPPED } from "../../worker/node/build.ts";
import { COLUMNS, EDGE, wallSeeds } from "../../worker/site/wall.ts";

const POSTERS = join(import.meta.dirname, "../../worker/pages/home/wall");

/** The images beside and below each of a wall, by their places. */
const neighbours = (places: number): [number, number][] =>
  Array.from({ length: places }, (_, i): [number, number][] => [
    ...(i % COLUMNS < COLUMNS - 1 ? [[i, i + 1] as [number, number]] : []),
    ...(i + COLUMNS < places ? [[i, i + COLUMNS] as [number, number]] : []),
  ]).flat();

it.each(SHIPPED.map((folder) => [basename(folder), folder]))(
  "the wall of %s has every class, and its poster the model's own images",
  async (name, folder) => {
    const model = await openModel(folder);
    const seeds = wallSeeds({ name, version: model.version });
    const classes = seeds.map((seed) => resolve("sample", { seed }, model.card).class);
    expect(new Set(classes).size).toBe(model.card.labels.length);
    expect(neighbours(seeds.length).filter(([i, k]) => classes[i] === classes[k])).toEqual([]);
    for (const i of [0, COLUMNS - 1, seeds.length - 1]) {
      const { width, height, channels, pixels } = await sample(model, { seed: seeds[i] });
      const [left, top] = [(i % COLUMNS) * (width + 2 * EDGE) + EDGE, Math.floor(i / COLUMNS) * (height + 2 * EDGE) + EDGE];
      const place = { left, top, width, height };
      const cell = await sharp(readFileSync(join(POSTERS, `${name}.avif`)))
        .extract(place)
        .toColourspace("srgb")
        .removeAlpha()
        .raw()
        .toBuffer();
      expect(cell.length).toBe(3 * width * height);
      const squares = cell.reduce((sum, value, k) => sum + (value - pixels[channels === 3 ? k : Math.floor(k / 3)]) ** 2, 0);
      expect(Math.sqrt(squares / cell.length), `image ${i}`).toBeLessThan(10); // of 255
    }
  },
);
