/** The pictures that pages have before any script are those of today's model (`npm run tool -- pictures`). */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { headIn } from "../../wasm-model/model/onnx/reader.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import selection from "../../worker/pages/home/wall.json" with { type: "json" };
import { shippedModel } from "../golden/golden.ts";
import { drawPictures, pictureFile } from "../tools/pictures.ts";

const { columns, version, seeds } = selection;

it("the wall has every class of its model, and no two of one side by side", () => {
  const head = headIn(shippedModel());
  expect(head.version).toBe(version);
  const classes = seeds.map((seed) => resolve("sample", { seed }, head.card).class);
  expect(new Set(classes).size).toBe(head.card.labels.length);
  for (const [i, one] of classes.entries()) {
    if (i % columns > 0) expect(one, seeds[i]).not.toBe(classes[i - 1]);
    if (i >= columns) expect(one, seeds[i]).not.toBe(classes[i - columns]);
  }
});

it("are what the default model draws", async () => {
  for (const [path, png] of await drawPictures()) expect([path, readFileSync(pictureFile(path)).equals(png)]).toEqual([path, true]);
});
