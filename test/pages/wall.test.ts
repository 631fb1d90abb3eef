import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { openModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { COLUMNS, EDGE, SELECTION } from "../../worker/pages/home/poster.ts";

const here = (path: string): string => join(import.meta.dirname, "../..", path);

/** The images beside and below each of a wall, by their places. */
const neighbours = (places: number): [number, number][] =>
  Array.from({ length: places }, (_, i): [number, number][] => [
    ...(i % COLUMNS < COLUMNS - 1 ? [[i, i + 1] as [number, number]] : []),
    ...(i + COLUMNS < places ? [[i, i + COLUMNS] as [number, number]] : []),
  ]).flat();

it("the wall has every class of its model, and its poster the model's own images", async () => {
  const model = await openModel(here(`wasm-model/models/${DEFAULT_MODEL}`));
  const { version, seeds } = SELECTION;
  expect(model.version).toBe(version);
  const classes = seeds.map((seed) => resolve("sample", { seed }, model.card).class);
  expect(new Set(classes).size).toBe(model.card.labels.length);
  expect(neighbours(seeds.length).filter(([i, k]) => classes[i] === classes[k])).toEqual([]);
  for (const i of [0, COLUMNS - 1, seeds.length - 1]) {
    const { width, height, pixels } = await sample(model, { seed: seeds[i] });
    const [left, top] = [(i % COLUMNS) * (width + 2 * EDGE) + EDGE, Math.floor(i / COLUMNS) * (height + 2 * EDGE) + EDGE];
    const poster = sharp(readFileSync(here("worker/pages/home/wall.avif"))).extract({ left, top, width, height });
    const cell = await poster.toColourspace("srgb").removeAlpha().raw().toBuffer();
    const squares = cell.reduce((sum, value, k) => sum + (value - pixels[k]) ** 2, 0);
    expect(Math.sqrt(squares / cell.length), `image ${i}`).toBeLessThan(10); // of 255
  }
});
