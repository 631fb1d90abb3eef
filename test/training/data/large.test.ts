/** The pictures that an enlarger learns from. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { evenlyChosen, isLarge } from "../../../training/data/large.ts";
import { largePictures, loadDataset } from "../../../training/data/load.ts";
import { temporaryFolder } from "../../support/files.ts";
import { BLUE, GREY, halves, pixel, RED } from "./made-up.ts";

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
    const place = join(temporaryFolder(`large-${name}`), name);
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
    const { small, large: pictures } = await largePictures(dataset);
    const size = 16 * 16 * channels;
    const learned = Array.from({ length: dataset.train.count }, (_, i) => Buffer.from(dataset.train.images(i, i + 1)));
    for (let i = 0; i < dataset.large.length; i++)
      expect(learned.some((image) => image.equals(small.subarray(i * size, (i + 1) * size)))).toBe(true);
    expect(pictures).toHaveLength(dataset.large.length * 64 * 64 * channels);
    const [first] = dataset.large.map((path) => Number.parseInt(path, 10));
    if (channels === 3)
      expect([pixel(pictures, 64, 2, 5), pixel(pictures, 64, 60, 5)]).toEqual([[...left], right.map((value) => value + first)]);
    else expect([pictures[2], pictures[60]]).toEqual([left[0], right[0] + first]);
    rmSync(join(place, dataset.large[0]));
    await expect(largePictures(dataset)).rejects.toThrow(`The picture "${dataset.large[0]}" of \`${place}\` cannot be read any more`);
  }
});
