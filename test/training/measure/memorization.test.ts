/** Images that are drawn to be measured, their nearest neighbours, and copies. */
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import type { Dataset } from "../../../training/data/dataset.ts";
import { classesInTurn, drawImages } from "../../../training/measure/images.ts";
import { DRAWN, describeMemorization, memorization } from "../../../training/measure/memorization.ts";
import { nearestImages } from "../../../training/measure/neighbours.ts";
import { neighboursSheet, progressSheet, sampleGrid } from "../../../training/measure/sheets.ts";
import { memorySplit } from "../../../training/network/split.ts";
import { simd } from "../../../wasm-model/engine/simd.ts";
import { loadModel } from "../../../wasm-model/index.ts";
import { cardOf, randomModelFile, TINY } from "../../support/random-model.ts";
import { randomIntegers } from "../../support/random-numbers.ts";
import { memoryDataset } from "../../support/tiny-dataset.ts";

const { tf } = await chooseBackend("wasm");

const [WIDTH, HEIGHT, CHANNELS] = [3, 2, 3];
const SIZE = WIDTH * HEIGHT * CHANNELS;
/** Images of pseudorandom bytes. */
const images = (count: number, seed: number): Uint8Array => Uint8Array.from({ length: count * SIZE }, randomIntegers(seed, 0, 255));

const classesOf = (count: number, labels = 1): Uint8Array => Uint8Array.from({ length: count }, (_, i) => i % labels);

/** Of image i the class is i modulo the number of labels. */
function dataset(train: Uint8Array, test: Uint8Array, labels = ["a"]): Dataset {
  const split = (pixels: Uint8Array) => memorySplit(pixels, classesOf(pixels.length / SIZE, labels.length));
  return memoryDataset({ labels, train: split(train), test: split(test), width: WIDTH, height: HEIGHT, channels: CHANNELS });
}

const TRAINING = 400;

describe("memorization", () => {
  const [train, test] = [images(TRAINING, 3), images(300, 4)];
  const copies = (count: number): Uint8Array => train.subarray(0, count * SIZE);

  it("distinguishes copies from new images, and shows each above its nearest training image", async () => {
    const found = await memorization(tf, dataset(train, test), copies(12));
    expect(found.distance).toBeLessThan(2e-3);
    expect(found.real).toBeGreaterThan(0.5);
    expect(found.isCopying).toBe(true);
    expect(found.nearest).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(describeMemorization(found, TRAINING)).toMatch(
      /^Memorization: the images' mean distance to the nearest of the 400 training images is 0\.00\d, 0\.00 times that of real images \(far below/,
    );
    const indices = Array.from({ length: 64 }, (_, i) => i);
    const sheet = decode(neighboursSheet(copies(64), indices, dataset(train, test)));
    expect(sheet).toMatchObject({ width: 8 * WIDTH, height: 16 * HEIGHT, channels: CHANNELS });
    const row = 8 * WIDTH * CHANNELS * HEIGHT;
    expect(sheet.data.slice(row, 2 * row)).toEqual(sheet.data.slice(0, row));
    expect(sheet.data.slice(15 * row)).toEqual(sheet.data.slice(14 * row, 15 * row));

    const fresh = await memorization(tf, dataset(train, test), images(12, 5));
    expect(fresh.distance / (fresh.real as number)).toBeGreaterThan(0.8);
    expect(fresh.isCopying).toBe(false);
  });

  it("does not take a training image's near copies for other real images, which would hide that images are copied", async () => {
    const half = train.subarray(0, 200 * SIZE);
    const twice = new Uint8Array(2 * half.length);
    twice.set(half);
    twice.set(
      half.map((value) => value ^ 1),
      half.length,
    );
    const families = Int32Array.from({ length: 400 }, (_, i) => i % 200);
    const data = { ...dataset(twice, test.subarray(0, 8 * SIZE)), train: memorySplit(twice, new Uint8Array(400), families) };
    expect((await memorization(tf, data, copies(64))).real).toBeGreaterThan(0.5);
  });

  it("compares a class without held-out pictures with its training pictures", async () => {
    const labels = (count: number, isSingle: boolean) => Uint8Array.from({ length: count }, (_, i) => (isSingle ? 0 : i % 2));
    const held = memorySplit(test.subarray(0, 100 * SIZE), labels(100, true));
    const data = { ...dataset(train, test, ["held out", "not"]), test: held };
    const drawn = images(DRAWN, 14);
    const copied = drawn.map((byte, i) => (Math.floor(i / SIZE) % 2 === 1 ? train[i] : byte)); // of the second class alone
    const [all, half] = [await memorization(tf, data, drawn), await memorization(tf, data, copied)];
    expect(half.distance).toBeLessThan(0.7 * all.distance);
  });

  it("counts all classes alike: new images are as far as real ones though the small class is farther apart", async () => {
    // Class 0 has nine images in ten, and its images lie close together.
    const narrow = (pixels: Uint8Array, labels: Uint8Array) =>
      pixels.map((byte, i) => (labels[Math.floor(i / SIZE)] === 0 ? 100 + byte / 16 : byte));
    const labelsOf = (count: number) => Uint8Array.from({ length: count }, (_, i) => (i % 10 === 9 ? 1 : 0));
    const split = (count: number, seed: number) => memorySplit(narrow(images(count, seed), labelsOf(count)), labelsOf(count));
    const data = { ...dataset(train, test, ["narrow", "wide"]), train: split(400, 11), test: split(300, 12) };
    const { distance, real = 0 } = await memorization(tf, data, narrow(images(DRAWN, 13), classesOf(DRAWN, 2)));
    expect(distance / real).toBeGreaterThan(0.85);
    expect(distance / real).toBeLessThan(1.15);
  });
});

it.each([false, true])(
  "are those of plain loops, over more images than are read at a time; without the image itself: %s",
  async (other) => {
    const references = images(3000, 1);
    const points = other ? references.subarray(0, 37 * SIZE) : images(37, 2);
    const own = other ? Array.from({ length: 37 }, (_, i) => i) : undefined;
    const found = await nearestImages(tf, points, memorySplit(references, new Uint8Array(3000)), SIZE, own);
    for (const [i, { index, distance }] of found.entries()) {
      const distances = Array.from({ length: 3000 }, (_, k) =>
        other && k === i
          ? Number.POSITIVE_INFINITY
          : Math.hypot(...Array.from({ length: SIZE }, (_, j) => (points[i * SIZE + j] - references[k * SIZE + j]) / 127.5)),
      );
      expect(Math.abs(distance - Math.min(...distances))).toBeLessThan(1e-3);
      expect(Math.abs(distances[index] - distance)).toBeLessThan(1e-3);
    }
  },
);

it("an image is the same in a set of any size, and of its class", async () => {
  const size = TINY.width * TINY.height;
  const model = await loadModel(randomModelFile(TINY, 5, "int8"), { runtime: simd });
  const inTurn = await drawImages(model, { seed: "images", classes: classesInTurn(103, ["a", "b", "c"]) });
  const few = await drawImages(model, { seed: "images", classes: [0, 1, 2, 0, 1, 2] });
  expect(Buffer.compare(few, inTurn.subarray(0, 6 * size))).toBe(0);
  const drawn = await drawImages(model, { seed: "images", classes: [1, 1, 1, 1, 1, 1] });
  const same = Array.from(
    { length: 6 },
    (_, i) => Buffer.compare(drawn.subarray(i * size, (i + 1) * size), inTurn.subarray(i * size, (i + 1) * size)) === 0,
  );
  expect(same).toEqual([false, true, false, false, true, false]);
});

it("images on a key have their ground, and stand on white where people look at them", async () => {
  const { training, ...card } = cardOf({ ...TINY, channels: 3 });
  const pictures = { crop: "center", background: "00ff00" } as const;
  const art = { ...card, palette: ["000000", "ff0000"], keyed: true as const, cutOut: true as const, training: { ...training, pictures } };
  const green = (x: Float32Array) => x.map((_, at) => [-1, 1, -1][Math.floor(at / (TINY.height * TINY.width)) % 3]);
  const drawn = await drawImages({ card: art, denoiser: { denoise: green } }, { seed: "key", classes: new Array(16).fill(0) });
  const coloursOf = (pixels: Uint8Array): Set<string> => new Set(Buffer.from(pixels).toString("hex").match(/.{6}/g));
  expect(coloursOf(drawn)).toEqual(new Set(["00ff00"]));

  const looked = (png: Uint8Array): Set<string> => coloursOf(decode(png).data as Uint8Array);
  expect(looked(await sampleGrid({ card: art, denoiser: { denoise: green } }, "card"))).toEqual(new Set(["ffffff"]));
  const train = memorySplit(
    Uint8Array.from({ length: 3 * 16 * 64 }, (_, at) => [0, 255, 0, 255, 0, 0][at % 6]),
    classesOf(16),
  );
  const onKey = { ...{ pixelArt: false, transparent: true, height: 8, width: 8 }, ...pictures };
  const keyed = memoryDataset({
    ...{ labels: ["a"], train, width: 8, height: 8, channels: 3 },
    palette: art.palette,
    pictures: onKey,
  });
  expect(looked(progressSheet(drawn, keyed))).toEqual(new Set(["ffffff", "ff0000"]));
});
