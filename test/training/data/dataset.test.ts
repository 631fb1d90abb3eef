import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trainingDataOf } from "../../../training/data/dataset.ts";
import { dataSha256 } from "../../../training/data/load.ts";
import { classCountsOf, memorySplit, statistics } from "../../../training/network/split.ts";
import type { CroppedShape } from "../../../wasm-model/model/card.ts";
import { withBorder } from "../../../wasm-model/render/image/pixels.ts";
import { temporaryFolder } from "../../support/files.ts";
import { memoryDataset } from "../../support/tiny-dataset.ts";

it("padded images have the image where the crop is, and repeat its border", () => {
  const frame: CroppedShape = { spec: { height: 4, width: 4, channels: 1 }, crop: { top: 1, left: 0, height: 2, width: 3 } };
  expect([...withBorder(Uint8Array.of(1, 2, 3, 4, 5, 6), frame)]).toEqual([1, 2, 3, 3, 1, 2, 3, 3, 4, 5, 6, 6, 4, 5, 6, 6]);
});

describe("the fingerprint of a run's images", () => {
  const folder = temporaryFolder("fingerprint");
  const split = (...bytes: number[]) => memorySplit(Uint8Array.from(bytes), [0, 300]);
  const dataset = trainingDataOf(
    memoryDataset({ labels: ["a"], train: split(1, 2, 3, 4), test: split(5, 6, 7, 8), height: 2, width: 1, channels: 1, folder }),
  );

  it.each([
    ["training images", { train: split(1, 2, 3, 5) }],
    ["held-out images", { validation: split(5, 6, 7, 9) }],
    ["test images", { test: split(5, 6, 7, 9) }],
    ["labels", { train: memorySplit(Uint8Array.of(1, 2, 3, 4), [1, 300]) }],
    ["opacity", { alpha: { train: Uint8Array.of(9), validation: Uint8Array.of(), test: Uint8Array.of() } }],
    ["shape", { height: 1, width: 2 }],
  ])("is another for other %s", async (_, changed) => {
    expect(await dataSha256({ ...dataset, ...changed })).not.toBe(await dataSha256(dataset));
  });

  it("is another for other files of large pictures", async () => {
    const [path, large] = [join(folder, "a.png"), { ...dataset, large: ["a.png"] }];
    writeFileSync(path, "a");
    const before = await dataSha256(large);
    writeFileSync(path, "b");
    expect(await dataSha256(large)).not.toBe(before);
  });
});

it("statistics are those of the training pixels in the network's units", () => {
  const split = memorySplit(new Uint8Array([0, 0, 0, 255]), [1, 1]);
  const { mean, std } = statistics({ train: split });
  expect(mean).toBeCloseTo(-0.5, 12);
  expect(std).toBeCloseTo(Math.sqrt(0.75), 12);
  expect(classCountsOf({ train: split, labels: ["a", "b", "c"] })).toEqual([0, 2, 0]);
});

describe("the images of a run", () => {
  const split = (count: number, first: number) =>
    memorySplit(
      Uint8Array.from({ length: count }, (_, i) => first + i),
      Uint8Array.from({ length: count }, (_, i) => i % 2),
    );
  const [train, test] = [split(40, 0), split(6, 100)];
  const dataset = memoryDataset({ labels: ["a", "b"], train, test, hasTest: true, height: 1, width: 1, channels: 1 });

  it("with a folder `test` are chosen by a tenth of each class of the training images, and `test` only measures", () => {
    const { train, validation, test } = trainingDataOf(dataset);
    expect([...validation.images()]).toEqual([0, 1, 2, 3]);
    expect([...validation.labels]).toEqual([0, 1, 0, 1]);
    expect([...train.images()]).toEqual(Array.from({ length: 36 }, (_, i) => i + 4));
    expect([...train.images(2, 4)]).toEqual([6, 7]);
    expect(test).toBe(dataset.test);
  });

  it("without one are chosen by the held-out images", () => {
    const { train, validation, test } = trainingDataOf({ ...dataset, hasTest: false });
    expect([train, validation]).toEqual([dataset.train, test]);
  });
});
