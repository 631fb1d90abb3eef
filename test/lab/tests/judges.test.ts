/**
 * What chooses never sees what judges: schedules are chosen by the tuning classifier, figures that are
 * published are a judging one's.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeSafetensors } from "../../../training/learning/safetensors.ts";
import { CLASSIFIERS, type ClassifierSpec, NETWORKS, type Purpose } from "../../../training/measure/classifiers/classifier.ts";
import { encodeClassifier, roundedWeights } from "../../../training/measure/classifiers/file.ts";
import { readRecord } from "../../../training/record/record.ts";
import { runLab } from "../../support/command-line.ts";
import { randomClassifierWeights } from "../../support/random-classifier.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";
import { writeTinyDataset } from "../../support/tiny-dataset.ts";
import { classifierPath } from "../judges.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-judges-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = join(folder, "data");
const judge = join(folder, "judge.safetensors");
/** It does not classify as its file says, as if it were another data set's. */
const mistaken = join(folder, "mistaken.safetensors");
const model = join(folder, "model-fp32.onnx");

beforeAll(() => {
  writeTinyDataset(data, 800);
  writeFileSync(model, randomModelFile({ ...TINY, classes: 4 }, 5, "fp32"));
  for (const [file, network] of [
    [judge, "deep"],
    [mistaken, "small"],
  ] as const) {
    const spec: ClassifierSpec = { height: 8, width: 8, channels: 1, classes: 4, network };
    const record = { data: "data", testAccuracy: 1, trainingImages: 1, seed: "s" };
    writeFileSync(file, encodeClassifier({ spec, weights: roundedWeights(spec, randomClassifierWeights(spec)), record }));
  }
});

const common = ["--data", data, "--backend", "wasm"];

describe("a verb that chooses refuses a judging classifier", () => {
  const refusal = /^Expected a tuning classifier of data at `.*judge\.safetensors` but its network deep is not for tuning\n$/;

  it.each([
    ["tune", [model, "--nfe", "2", "--classifier", judge, "--cache", join(folder, "cache"), "--out", join(folder, "tune")]],
    ["compare", [model, "--classifier", judge, "--cache", join(folder, "cache"), "--out", join(folder, "compare")]],
  ] as const)("%s (%#)", async (verb, args) => {
    const { code, stderr } = await runLab(verb, [...args, ...common]);
    expect(stderr).toMatch(refusal);
    expect(code).toBe(2);
  });
});

it.each([
  ["fashion-mnist", "fashion-mnist", "464bee78d10c5e64e8bcb73b535208931bdc15f15279e35ebeefdb9540bf3985"],
  ["mnist", "mnist", "8b821f506e196e967b51d82b750cdbe99179beab9e1744375a21415ece36204d"],
  ["avatars", "avatars", "a5594e7a5ce390b6f2a24328a1c7dfb0c5f522a6b7a78b7f7da164944f48e73f"],
  ["cifar10", "cifar10-jpeg", "da02807a11900ebc78f9f7cc8d7046c4aebaeeb4115258330ee953c98f59b1ce"],
])("the judge of %s is the one that measured it: another would have to measure all models again", (folder, data, sha256) => {
  const path = classifierPath(data, "judging");
  expect(createHash("sha256").update(readFileSync(path)).digest("hex")).toBe(sha256);
  const { testAccuracy } = decodeSafetensors(readFileSync(path)).metadata;
  const { quality, comparison } = readRecord(join(import.meta.dirname, "../../../wasm-model/models", folder));
  const references = [
    ...quality.flatMap(({ images }) => (images ? [images.reference] : [])),
    ...(comparison ? [comparison.reference] : []),
  ];
  for (const reference of references) expect(reference).toMatchObject({ classifier: "judging", data, testAccuracy: Number(testAccuracy) });
});

it("judging networks differ from tuning ones", () => {
  const depths = (purpose: Purpose) => Object.values(NETWORKS[purpose]).map((trunk) => trunk.layers(3).length);
  for (const depth of depths("judging")) expect(depths("tuning")).not.toContain(depth);
  expect(Object.keys(CLASSIFIERS)).toEqual(["small", "large", "deep"]);
});
