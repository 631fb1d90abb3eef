import { describe, expect, it } from "vitest";
import { type Frame, trainingBatches } from "../../../training/learning/batches.ts";
import { RECIPE } from "../../../training/learning/recipe.ts";
import { memorySplit, oneHot } from "../../../training/network/split.ts";
import { CHANGES } from "../../../wasm-model/network/network.ts";

/** Image i is one pixel of value i; its class is i % 5. */
const COUNT = 120;
const split = memorySplit(
  Uint8Array.from({ length: COUNT }, (_, i) => i),
  Array.from({ length: COUNT }, (_, i) => i % 5),
);
const PIXEL = { spec: { height: 1, width: 1, channels: 1 } } as const;
const source = (seed = "seed", size = 16, recipe = RECIPE): ReturnType<typeof trainingBatches> =>
  trainingBatches(split, 5, size, recipe, seed, PIXEL);
const bytesOf = (clean: Float32Array): number[] => Array.from(clean, (value) => Math.round((value + 1) * 127.5));

describe("training batches", () => {
  it("have images of the size that the network takes, and noise everywhere", () => {
    const frame = { spec: { height: 2, width: 4, channels: 1 }, crop: { top: 0, left: 1, height: 1, width: 1 } } as const;
    const { clean, noise } = trainingBatches(split, 5, 16, RECIPE, "seed", frame)(3);
    expect(bytesOf(clean)).toEqual(bytesOf(source()(3).clean).flatMap((value) => Array<number>(8).fill(value)));
    expect(new Set(noise).size).toBe(16 * 8);
  });

  it("are mirrored before they are padded", () => {
    const frame = { spec: { height: 1, width: 4, channels: 1 }, crop: { top: 0, left: 0, height: 1, width: 3 } } as const;
    const { clean } = trainingBatches(memorySplit(Uint8Array.of(1, 2, 3), [0]), 1, 16, RECIPE, "seed", { ...frame, mirror: true })(1);
    const rows = Array.from({ length: 16 }, (_, b) => bytesOf(clean.subarray(4 * b, 4 * b + 4)).join());
    expect(new Set(rows)).toEqual(new Set(["1,2,3,3", "3,2,1,1"]));
  });

  it("visit every image once per epoch, in a new order each epoch", () => {
    const batches = source();
    const seen = Array.from({ length: 30 }, (_, i) => bytesOf(batches(i + 1).clean)).flat();
    const epochs = [seen.slice(0, COUNT), seen.slice(COUNT, 2 * COUNT)];
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(Array.from(split.images()));
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  it("depend on seed and step alone", () => {
    const resumed = source();
    expect(resumed(23)).toEqual(source()(23));
    expect(resumed(24)).not.toEqual(resumed(23));
    expect(source("other")(1).noise).not.toEqual(source()(1).noise);
  });

  it("hide about a tenth of the labels and never give a wrong one", () => {
    const batches = source("seed", COUNT);
    let hidden = 0;
    const steps = 50;
    for (let step = 1; step <= steps; step++) {
      const { clean, label } = batches(step);
      for (const [b, byte] of bytesOf(clean).entries()) {
        const row = Array.from(label.subarray(5 * b, 5 * b + 5));
        if (row.every((value) => value === 0)) hidden += 1;
        else expect(row).toEqual(Array.from(oneHot([byte % 5], 5)));
      }
    }
    // Binomial: 600 of 6000 with a standard deviation of 23.
    expect(Math.abs(hidden - 0.1 * steps * COUNT)).toBeLessThan(5 * Math.sqrt(steps * COUNT * 0.09));
  });

  it("draw ln sigma from the stated Gaussian", () => {
    const batches = source("seed", 200);
    const logs = Array.from({ length: 50 }, (_, i) => Array.from(batches(i + 1).sigma, Math.log)).flat();
    const mean = logs.reduce((a, b) => a + b) / logs.length;
    const std = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length);
    const five = (5 * RECIPE.logSigma.std) / Math.sqrt(logs.length);
    expect(Math.abs(mean - RECIPE.logSigma.mean)).toBeLessThan(five);
    expect(Math.abs(std - RECIPE.logSigma.std)).toBeLessThan(five);
  });

  it("mirror about half of the images if asked to, and are otherwise the same", () => {
    // Two pixels of two channels, so that an image tells whether it was turned.
    const pairs = memorySplit(
      Uint8Array.from({ length: 4 * COUNT }, (_, i) => i % 4),
      Array.from({ length: COUNT }, (_, i) => i % 5),
    );
    const frame = { spec: { height: 1, width: 2, channels: 2 } } as unknown as Frame;
    const plain = trainingBatches(pairs, 5, COUNT, RECIPE, "seed", frame);
    const mirrored = trainingBatches(pairs, 5, COUNT, RECIPE, "seed", { ...frame, mirror: true });
    let turned = 0;
    const steps = 50;
    for (let step = 1; step <= steps; step++) {
      const { clean, ...rest } = mirrored(step);
      const { clean: _, ...others } = plain(step);
      expect(rest).toEqual(others);
      for (let b = 0; b < COUNT; b++) {
        const bytes = bytesOf(clean.subarray(4 * b, 4 * b + 4)).join();
        expect(["0,1,2,3", "2,3,0,1"]).toContain(bytes);
        if (bytes === "2,3,0,1") turned += 1;
      }
    }
    expect(Math.abs(turned - (steps * COUNT) / 2)).toBeLessThan(5 * Math.sqrt((steps * COUNT) / 4));
    expect(mirrored(7)).toEqual(trainingBatches(pairs, 5, COUNT, RECIPE, "seed", { ...frame, mirror: true })(7));
  });

  it("change images as often as the recipe says, tell the network, and are otherwise the same", () => {
    const frame = { spec: { height: 4, width: 4, channels: 3 } } as const;
    const images = memorySplit(
      Uint8Array.from({ length: 48 * COUNT }, (_, i) => (i * 37) % 256),
      Array.from({ length: COUNT }, (_, i) => i % 5),
    );
    const plain = trainingBatches(images, 5, COUNT, RECIPE, "seed", frame)(3);
    const {
      clean,
      change = new Float32Array(),
      ...others
    } = trainingBatches(images, 5, COUNT, { ...RECIPE, augmentation: 0.2 }, "seed", frame)(3);
    const { clean: unchanged, ...same } = plain;
    expect(others).toEqual(same);
    let told = 0;
    for (let b = 0; b < COUNT; b++) {
      const isTold = change.subarray(b * CHANGES, (b + 1) * CHANGES).some((value) => value !== 0);
      if (isTold) told += 1;
      else expect(clean.subarray(48 * b, 48 * b + 48)).toEqual(unchanged.subarray(48 * b, 48 * b + 48));
    }
    // Images with at least one of five changes: 1 - 0.8^5.
    const share = 1 - 0.8 ** 5;
    expect(Math.abs(told - share * COUNT)).toBeLessThan(5 * Math.sqrt(share * (1 - share) * COUNT));
    expect(clean).not.toEqual(unchanged);
  });
});
