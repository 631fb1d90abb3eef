/** What a run hands over to another trainer: it comes back as it went, in one file or in parts. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { TrainingData } from "../../../training/data/dataset.ts";
import { initialState } from "../../../training/learning/checkpoint.ts";
import { encodeSafetensors } from "../../../training/learning/safetensors.ts";
import { initialParameters } from "../../../training/network/parameters.ts";
import { memorySplit } from "../../../training/network/split.ts";
import { prepareHandOver, readHandOver } from "../../../training/run/hand-over.ts";
import { readWeightsFile, trainerOf } from "../../../training/run/weights-file.ts";
import { temporaryFolder } from "../../support/files.ts";
import { COLOURED, TINY } from "../../support/random-model.ts";
import { runConfig } from "../../support/run-config.ts";
import { memoryDataset } from "../../support/tiny-dataset.ts";

const folder = temporaryFolder("hand-over");
const bytes = (count: number, factor: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => (i * factor) % 251);

/** Pictures of 6x8 in a network of 8x8, in 3 classes, of which some are held out and some are of a folder `test`. */
function datasetOf(channels: number, hasTest: boolean, isCutOut: boolean): TrainingData {
  const counts = { train: 7, validation: 4, test: hasTest ? 2 : 4 };
  const split = (count: number, factor: number) =>
    memorySplit(
      bytes(count * 48 * channels, factor),
      Int32Array.from({ length: count }, (_, i) => i % 3),
      Int32Array.from({ length: count }, (_, i) => i),
    );
  const [train, validation] = [split(counts.train, 3), split(counts.validation, 5)];
  const splits = { train, validation, test: hasTest ? split(counts.test, 7) : validation };
  const alphaOf = (count: number) => bytes(count * 48, 11);
  const alpha = { train: alphaOf(counts.train), validation: alphaOf(counts.validation), test: alphaOf(counts.test) };
  const { alpha: _, ...opaque } = memoryDataset({ labels: ["a", "b", "c"], height: 8, width: 6, channels, ...splits, hasTest });
  return { ...opaque, validation, ...(isCutOut && { alpha }) };
}

const prepared = async (name: string, dataset: TrainingData, most?: number, given = {}) => {
  const spec = dataset.channels === 3 ? COLOURED : TINY;
  const config = runConfig({ name: "x", spec, pictures: dataset.pictures, crop: { top: 0, left: 1, height: 8, width: 6 }, ...given });
  await prepareHandOver(join(folder, name), { config, dataset, state: initialState(spec, initialParameters(spec, "s")) }, most);
  return readHandOver(join(folder, name));
};

it.each([
  ["in colour, with a folder test, cut out, in one file", 3, true, true, undefined, ["train.safetensors"]],
  [
    "in grey, in three parts",
    1,
    false,
    false,
    3 * 48,
    ["train-00001-of-00003.safetensors", "train-00002-of-00003.safetensors", "train-00003-of-00003.safetensors"],
  ],
  ["in parts of a picture at least", 3, true, true, 1, Array.from({ length: 7 }, (_, i) => `train-0000${i + 1}-of-00007.safetensors`)],
] as const)("pictures come back as they went: %s", async (name, channels, hasTest, isCutOut, most, files) => {
  const dataset = datasetOf(channels, hasTest, isCutOut);
  const back = (await prepared(name, dataset, most)).dataset;
  expect(readdirSync(join(folder, name)).filter((file) => file.startsWith("train"))).toEqual(files);
  for (const kind of ["train", "validation", "test"] as const) {
    expect(back[kind].images(0, back[kind].count)).toEqual(dataset[kind].images(0, dataset[kind].count));
    expect([...back[kind].labels]).toEqual([...dataset[kind].labels]);
    expect([...back[kind].families]).toEqual([...dataset[kind].families]);
  }
  expect(back.alpha).toEqual(dataset.alpha);
  expect(back).toMatchObject({ hasTest, height: 8, width: 6, channels });
});

it("says what PyTorch needs of a border, and of pixel art, which is neither scaled nor turned", async () => {
  await prepared("art", datasetOf(3, false, false), undefined, { palette: ["000000", "ffffff"] });
  expect(JSON.parse(readFileSync(join(folder, "art/config.json"), "utf8"))).toMatchObject({
    trainer: { border: [1, 1, 0, 0], changes: { most: [1, 0.125, 0.125, 0.4, 30, Math.PI], used: [1, 1, 1, 0, 0, 1], steps: [6, 8] } },
  });
});

it("names a folder that nothing prepared, and one that was damaged", async () => {
  expect(() => readHandOver(folder)).toThrow(
    /^Expected a folder that `--prepare` wrote for `finish` but received ".*", which has no config.json or start.safetensors$/,
  );
  await prepared("damaged", datasetOf(3, false, false));
  writeFileSync(join(folder, "damaged/train.safetensors"), "no");
  expect(() => readHandOver(join(folder, "damaged"))).toThrow(/^The folder `.*damaged` is damaged: Expected a complete safetensors header/);
});

it("takes a file's own word for who trained it: without any it has its name, and no known number of images", () => {
  const path = join(folder, "w.safetensors");
  const trained = (metadata: Record<string, string>) => {
    writeFileSync(path, encodeSafetensors({ tensors: new Map(), metadata }));
    return trainerOf(readWeightsFile(path));
  };
  expect(trained({})).toMatchObject({ name: "w.safetensors", images: 0 });
  expect(trained({ by: "me", images: "64" })).toMatchObject({ name: "me", images: 64 });
  expect(() => trained({ images: "many" })).toThrow(/images/);
});
