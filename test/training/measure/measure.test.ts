import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unitRange } from "../../../training/data/batches.ts";
import { DEFAULT_SETTINGS } from "../../../training/data/conversion.ts";
import { type Dataset, memorySplit, type Split } from "../../../training/data/dataset.ts";
import { classifierSpec } from "../../../training/measure/classifiers/classifier.ts";
import { accuracy, classify, predictions } from "../../../training/measure/classifiers/classify.ts";
import type { Classifier } from "../../../training/measure/classifiers/file.ts";
import { countFor, noClassifier, referenceFor } from "../../../training/measure/command.ts";
import { freshQuality, measureSets } from "../../../training/measure/measure.ts";
import { openReference } from "../../../training/measure/reference.ts";
import type { Tf } from "../../../training/network/score-network.ts";
import type { Figures } from "../../../training/record/record.ts";
import { drawSettings } from "../../../training/record/settings.ts";
import type { GenerativeModel } from "../../../wasm-model/render/generate.ts";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { seedState, uniforms } from "../../../wasm-model/sampling/random.ts";
import type { Denoise } from "../../../wasm-model/sampling/sampler.ts";
import { runLab } from "../../support/command-line.ts";
import { randomClassifierWeights } from "../../support/random-classifier.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

const cache = mkdtempSync(join(tmpdir(), "anneal-measure-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

const SIZE = 64;
const labels = ["black", "white"];
const spec = { ...TINY, classes: 2 };

/** Black images of class 0 and white ones of class 1. */
function constantImages(counts: readonly number[]): Dataset {
  const classes = counts.flatMap((count, label) => Array<number>(count).fill(label));
  const split = memorySplit(
    Uint8Array.from({ length: classes.length * SIZE }, (_, i) => 255 * classes[Math.floor(i / SIZE)]),
    classes,
  );
  const shape = { width: 8, height: 8, channels: 1 };
  const described = {
    name: "constant",
    folder: "constant",
    labels,
    licence: "unknown",
    pictures: DEFAULT_SETTINGS,
    notes: [],
    details: [],
  };
  return { ...described, ...shape, train: split, test: split };
}

/** Draws exactly the image of each class. */
const perfect: GenerativeModel = {
  card: randomModel(spec, 1, "fp32").card,
  denoiser: { denoise: async (x, _, classes) => x.map((_, i) => (classes[2 * Math.floor(i / SIZE)] === 1 ? -1 : 1)) },
};

/** An untrained network: its features tell black from white. */
function untrained(dataset: Dataset): Classifier {
  const own = classifierSpec(dataset, "small");
  const weights = randomClassifierWeights(own);
  const { probabilities } = classify(tf, { spec: own, weights }, dataset.test.images());
  const testAccuracy = accuracy(predictions(probabilities, 2), dataset.test.labels);
  return { spec: own, purpose: "tuning", record: { data: dataset.name, trainingImages: 0, seed: "none", testAccuracy }, weights };
}

describe("images of a model that draws each class perfectly", () => {
  it.each([
    [90, 10],
    [60, 40],
    [50, 50],
  ])("have no distance from training images, of which %i are of one class and %i of the other", async (...counts) => {
    const dataset = constantImages(counts);
    const reference = await openReference(tf, dataset, untrained(dataset), cache);
    const set = { settings: drawSettings(perfect.card, { steps: 1 }), count: 100, seed: "measure" };
    const { fid } = await freshQuality(tf, reference, perfect, set);
    const spread = reference.moments.covariance.trace();
    expect(spread).toBeGreaterThan(0.1);
    expect(fid / spread).toBeLessThan(1e-4);
  });
});

describe("the figures of real images", () => {
  /** Noise, brighter in class 1. */
  function noise(count: number, seed: string): Split {
    const classes = Array.from({ length: count }, (_, i) => i % 2);
    const values = new Float64Array(count * SIZE);
    uniforms(seedState(seed), 0, values);
    return memorySplit(
      Uint8Array.from(values, (value, at) => 100 * value + 100 * classes[Math.floor(at / SIZE)]),
      classes,
    );
  }

  it("are those of generated images, if these are the test images themselves: both sets have the same number", async () => {
    const dataset = { ...constantImages([1, 1]), name: "noise", train: noise(600, "train"), test: noise(300, "test") };
    const count = countFor(dataset, 10_000);
    expect(count).toBe(300);
    expect(countFor(dataset, 200)).toBe(200);
    const reference = await openReference(tf, dataset, untrained(dataset), cache);
    const settings = drawSettings(perfect.card, { steps: 1 });
    let drawn = 0;
    /** Draws the test images in their order: a single denoising step gives them. */
    const denoise: Denoise = async (x) => {
      const first = drawn;
      drawn += x.length / SIZE;
      return unitRange(dataset.test.images(first, drawn));
    };
    const model = {
      ...perfect,
      denoiser: { spec, denoise, dispose: async () => {} },
      file: "",
      precision: "fp32",
      runtime: "simd",
      hash: "test",
    } as const;
    const { generated, real } = await measureSets(tf, reference, model, { settings, count }, ["real"], cache);
    for (const key of Object.keys(real) as (keyof Figures)[]) expect(generated[key], key).toBeCloseTo(real[key], 3);
  });
});

describe("data that no classifier's features can compare", () => {
  const [one, few, enough] = [
    { ...constantImages([200]), labels: ["black"] },
    { ...constantImages([60, 60]), name: "few" },
    { ...constantImages([64, 64]), name: "enough" },
  ];
  it.each([
    [one, /^no FID, .*: constant has one class, so a classifier has nothing to learn and its features say nothing$/],
    [few, /^no FID, .*: few has 120 held-out images, and features are compared by 128 or more$/],
    [enough, /^no FID, .*: they need a `--classifier` of the data, which `npm run lab -- train-classifier` .* trains$/],
  ])("are told with the reason", async (dataset, reason) => {
    expect(await referenceFor({ tf, dataset }, undefined, cache)).toBeUndefined();
    expect(noClassifier(dataset)).toMatch(reason);
  });

  it("are refused with a classifier, which would print the distance of random features", async () => {
    await expect(referenceFor({ tf, dataset: one }, "judge.safetensors", cache)).rejects.toThrow(
      'Expected no `classifier` because constant has one class, so a classifier has nothing to learn and its features say nothing, but received "judge.safetensors"',
    );
  });

  it("have no classifier trained on them", async () => {
    const folder = join(cache, "sunsets");
    mkdirSync(folder);
    for (let i = 0; i < 4; i++) {
      const pixels = new Uint8Array(SIZE).fill(60 * i);
      writeFileSync(join(folder, `${i}.png`), encodePng({ pixels, width: 8, height: 8, channels: 1 }));
    }
    const { code, stderr } = await runLab("train-classifier", ["--data", folder, "--out", join(cache, "judge.safetensors")]);
    expect(stderr).toContain('Expected images of two classes (sub-folders) or more for `data` but received one, "sunsets"\n');
    expect(code).toBe(2);
  });
});
