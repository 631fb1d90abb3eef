import { decode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../../training/data/dataset.ts";
import { memorySplit } from "../../../training/data/split.ts";
import { describeMemorization, memorization } from "../../../training/measure/memorization.ts";
import { nearestImages } from "../../../training/measure/neighbours.ts";
import type { Tf } from "../../../training/network/score-network.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

const [WIDTH, HEIGHT, CHANNELS] = [3, 2, 3];
const SIZE = WIDTH * HEIGHT * CHANNELS;
/** Images of pseudorandom bytes. */
function images(count: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count * SIZE }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

const classesOf = (count: number, labels = 1): Uint8Array => Uint8Array.from({ length: count }, (_, i) => i % labels);

/** Of image i the class is i modulo the number of labels. */
function dataset(train: Uint8Array, test: Uint8Array, labels = ["a"]): Dataset {
  const split = (pixels: Uint8Array) => memorySplit(pixels, classesOf(pixels.length / SIZE, labels.length));
  const shape = { width: WIDTH, height: HEIGHT, channels: CHANNELS };
  return {
    name: "x",
    folder: "x",
    labels,
    licence: "unknown",
    train: split(train),
    test: split(test),
    ...shape,
    notes: [],
    details: [],
  };
}

describe("nearestImages", () => {
  it("finds them in all pieces of a large set, with their distances", async () => {
    const train = images(2500, 1); // three pieces
    const points = images(3, 2);
    points.set(train.subarray(2100 * SIZE, 2101 * SIZE), SIZE);
    const found = await nearestImages(tf, points, memorySplit(train, new Uint8Array(2500)), SIZE);
    expect(found[1].index).toBe(2100);
    expect(found[1].distance).toBeLessThan(2e-3);
    for (const [p, { index, distance }] of found.entries()) {
      const squares = Array.from({ length: 2500 }, (_, i) =>
        Array.from({ length: SIZE }, (_, v) => ((points[p * SIZE + v] - train[i * SIZE + v]) / 127.5) ** 2).reduce((sum, d) => sum + d, 0),
      );
      const least = Math.min(...squares);
      expect(index).toBe(squares.indexOf(least));
      expect(distance).toBeCloseTo(Math.sqrt(least), 2);
    }
  });
});

describe("memorization", () => {
  const [train, test] = [images(40, 3), images(30, 4)];

  it("shows each image above its nearest training image, and distinguishes copies from new images", async () => {
    const copies = await memorization(tf, dataset(train, test), train.subarray(0, 12 * SIZE), classesOf(12));
    expect(copies.distance).toBeLessThan(2e-3);
    expect(copies.heldOut).toBeGreaterThan(0.5);
    expect(describeMemorization(copies, 40)).toMatch(
      /^memorization: the images' mean distance to the nearest of the 40 training images is 0\.00\d, 0\.00 times that of held-out images/,
    );
    const sheet = decode(copies.sheet);
    expect(sheet).toMatchObject({ width: 8 * WIDTH, height: 4 * HEIGHT, channels: CHANNELS });
    const row = 8 * WIDTH * CHANNELS * HEIGHT;
    expect(sheet.data.slice(row, 2 * row)).toEqual(sheet.data.slice(0, row));
    expect(sheet.data.slice(3 * row)).toEqual(sheet.data.slice(2 * row, 3 * row));

    const fresh = await memorization(tf, dataset(train, test), images(12, 5), classesOf(12));
    expect(fresh.distance / (fresh.heldOut as number)).toBeGreaterThan(0.8);
  });

  it("names the class that is copied, which the mean over classes hides", async () => {
    const [own, held] = [images(40, 7), images(40, 8)];
    for (let i = 1; i < 40; i += 2) own.set(train.subarray(i * SIZE, (i + 1) * SIZE), i * SIZE);
    const found = await memorization(tf, dataset(train, held, ["new", "copied"]), own, classesOf(40, 2));
    expect(found.closest?.label).toBe("copied");
    expect(found.closest?.ratio).toBeLessThan(0.01);
    expect(describeMemorization(found, 40)).toMatch(
      / times that of held-out images; of the closest class, copied, 0\.00 times \(far below 1: copies\)$/,
    );
    const few = await memorization(tf, dataset(train, held, ["new", "copied"]), own.subarray(0, 20 * SIZE), classesOf(20, 2));
    expect(few).not.toHaveProperty("closest");
  });

  it("has nothing to compare with if training images replace held-out ones", async () => {
    const found = await memorization(tf, dataset(train.subarray(0, SIZE), train.subarray(0, SIZE)), images(8, 6), classesOf(8));
    expect(found).not.toHaveProperty("heldOut");
    expect(describeMemorization(found, 1)).toContain("nearest of the 1 training images is ");
    expect(describeMemorization(found, 1)).toMatch(/; there are no held-out images to compare with$/);
  });
});
