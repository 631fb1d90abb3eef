/** The pictures that an enlarger learns from. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { onGround } from "../../../training/data/cut-outs.ts";
import { largePictures, loadDataset } from "../../../training/data/load.ts";
import { evenlyChosen, isLarge } from "../../../training/data/sizes.ts";
import { meanOf } from "../../../training/network/held-out.ts";
import { inChannels } from "../../../training/network/split.ts";
import { temporaryFolder } from "../../support/files.ts";
import { BLUE, GREY, halves, pixel, RED } from "./made-up.ts";

const folder = temporaryFolder("large");
const settings = { width: 32, height: 16, background: "ffffff" };

it.each([
  ["cover", 128, 64, true],
  ["cover", 300, 64, true],
  ["cover", 127, 64, false],
  ["cover", 300, 63, false],
  ["contain", 128, 10, true],
  ["contain", 10, 64, true],
  ["contain", 127, 63, false],
  ["center", 500, 500, false],
] as const)("%s: a file of %i x %i pixels has four times 32 x 16: %s", (crop, width, height, expected) => {
  expect(isLarge({ width, height }, { ...settings, crop })).toBe(expected);
});

it("at most 400 are chosen, evenly", () => {
  const some = evenlyChosen(Array.from({ length: 1000 }, (_, i) => i));
  expect(some).toHaveLength(400);
  expect(some.slice(0, 3)).toEqual([0, 2, 5]);
  expect(evenlyChosen([1, 2])).toEqual([1, 2]);
});

it("are those training pictures whose files are large enough, at four times the size, in colour or grey", async () => {
  for (const [name, left, channels] of [
    ["colour", RED, 3],
    ["grey", GREY, 1],
  ] as const) {
    const place = join(folder, name);
    mkdirSync(place);
    const right = channels === 3 ? BLUE : ([200, 200, 200] as const);
    for (let i = 0; i < 12; i++)
      await halves(i < 6 ? 64 + i : 30 + i, 64, left, right.map((value) => value + i) as [number, number, number])
        .png()
        .toFile(join(place, `${i}.png`));
    const dataset = await loadDataset(place, { width: 16, height: 16 });
    expect(dataset.channels).toBe(channels);
    expect(dataset.large.length).toBeGreaterThan(2);
    expect(dataset.large.every((path) => Number.parseInt(path, 10) < 6)).toBe(true);
    const { pictures, background } = await largePictures(dataset);
    expect(pictures).toHaveLength(dataset.large.length);
    expect(pictures.every(({ large }) => large.length === 64 * 64 * 4)).toBe(true);
    const shown = inChannels(onGround(pictures[0].large, background), channels);
    const [first] = dataset.large.map((path) => Number.parseInt(path, 10));
    if (channels === 3) expect([pixel(shown, 64, 2, 5), pixel(shown, 64, 60, 5)]).toEqual([[...left], right.map((value) => value + first)]);
    else expect([shown[2], shown[60]]).toEqual([left[0], right[0] + first]);
    rmSync(join(place, dataset.large[0]));
    await expect(largePictures(dataset)).rejects.toThrow(`The picture "${dataset.large[0]}" of \`${place}\` cannot be read any more`);
  }
});

it.each([64, 66])("the small ones of files %i pixels wide are reduced as the network's own, and lie on the large ones", async (across) => {
  const place = join(folder, `detail-${across}`);
  mkdirSync(place);
  for (let k = 0; k < 12; k++) {
    const pixels = Uint8Array.from({ length: 3 * across * 64 }, (_, i) => (Math.sin(Math.floor(i / 3 / 3) ** 2 + k) > 0 ? 230 : 20));
    await sharp(pixels, { raw: { width: across, height: 64, channels: 3 } }).png().toFile(join(place, `${k}.png`)); // biome-ignore format: a line
  }
  const dataset = await loadDataset(place, { width: 16, height: 16 });
  const { pictures } = await largePictures(dataset);
  const own = Array.from({ length: dataset.train.count }, (_, i) => dataset.train.images(i, i + 1));
  for (const { small, large } of pictures) {
    const greyOf = (rgba: Uint8Array) => Array.from({ length: rgba.length / 4 }, (_, i) => rgba[4 * i]);
    const [reduced, detailed] = [greyOf(small), greyOf(large)];
    const means = reduced.map((_, i) => {
      const corner = 4 * (64 * Math.floor(i / 16) + (i % 16));
      return meanOf(Array.from({ length: 16 }, (_, k) => detailed[corner + 64 * (k >> 2) + (k & 3)]));
    });
    const off = (others: ArrayLike<number>): number => meanOf(reduced.map((value, i) => Math.abs(value - others[i])));
    if (across === 64) expect(Math.min(...own.map(off))).toBe(0);
    expect(off(means)).toBeGreaterThan(9); // which are not what the network sees
    expect(off(means)).toBeLessThan(14); // 24 where they lie half a pixel apart
  }
});
