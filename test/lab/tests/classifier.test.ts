import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { memorySplit } from "../../../training/network/split.ts";
import { temporaryFolder } from "../../support/files.ts";
import { randomClassifierFile, randomClassifierWeights } from "../../support/random-classifier.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";
import { CLASSIFIERS, type ClassifierName, type ClassifierSpec, featureCount } from "../classifiers/classifier.ts";
import { accuracy, classify, predictions } from "../classifiers/classify.ts";
import { readClassifier } from "../classifiers/file.ts";

const folder = temporaryFolder("classifier");

const tf = await wasmBackend();

const data = { name: "mine", height: 8, width: 12, channels: 1, labels: ["a", "b", "c"] };
const spec: ClassifierSpec = { height: 8, width: 12, channels: 1, classes: 3, network: "small" };
const weights = randomClassifierWeights(spec);
const images = Uint8Array.from({ length: 3 * 96 }, (_, i) => (i * 37) % 256);

describe("the classifier", () => {
  it("gives features and probabilities for each image independently", () => {
    const { features, probabilities } = classify(tf, { spec, weights }, images);
    expect(features).toHaveLength(3 * featureCount(spec));
    for (let i = 0; i < 3; i++) {
      const row = probabilities.subarray(3 * i, 3 * i + 3);
      expect(row.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
      const alone = classify(tf, { spec, weights }, images.subarray(96 * i, 96 * (i + 1)));
      for (const [j, value] of alone.features.entries()) expect(value).toBeCloseTo(features[i * featureCount(spec) + j], 4);
    }
  });

  it.each(Object.keys(CLASSIFIERS) as ClassifierName[])("of the shape %s sees every pixel of images of any size", (network) => {
    for (const [height, width, channels] of [
      [30, 22, 3],
      [17, 5, 1],
      [3, 64, 3],
    ]) {
      const odd = { height, width, channels, classes: 2, network };
      const size = height * width * channels;
      const image = Uint8Array.from({ length: size }, (_, i) => (i * 37) % 256);
      const featuresOf = (pixels: Uint8Array): Float32Array =>
        classify(tf, { spec: odd, weights: randomClassifierWeights(odd) }, pixels).features;
      const first = featuresOf(image);
      expect(first).toHaveLength(featureCount(odd));
      for (const at of [0, size - 1]) {
        const changed = image.slice();
        changed[at] ^= 0xff;
        expect(featuresOf(changed)).not.toEqual(first);
      }
    }
  });

  it("is read from its file with the accuracy that it states", () => {
    const path = join(folder, "mine.safetensors");
    writeFileSync(path, randomClassifierFile(tf, spec, memorySplit(images, [0, 1, 2])));
    const { testAccuracy, ...classifier } = readClassifier(data, path);
    expect(classifier.spec).toEqual(spec);
    expect(accuracy(predictions(classify(tf, classifier, images).probabilities, 3), [0, 1, 2])).toBe(testAccuracy);
  });

  it("is refused if it has another data set's shape or is not such a file", () => {
    const path = join(folder, "mine.safetensors");
    expect(() => readClassifier({ ...data, labels: ["a", "b"] }, path)).toThrow(
      /^Expected a classifier of mine at `.*` but its tensor `out` does not have the shape \[96, 2\]$/,
    );
    const unknown = readFileSync(path, "latin1").replace('"network":"small"', '"network":"giant"');
    writeFileSync(join(folder, "giant.safetensors"), Buffer.from(unknown, "latin1"));
    expect(() => readClassifier(data, join(folder, "giant.safetensors"))).toThrow("its network giant is unknown");
    expect(() => readClassifier(data, join(folder, "none"))).toThrow(/^Expected a classifier of mine at `.*none` but ENOENT/);
    expect(() => readClassifier(data, "/dev/null")).toThrow(/ but it is not a regular file$/);
  });
});

it("predictions are the likeliest classes", () => {
  const predicted = predictions(Float32Array.of(0.2, 0.5, 0.3, 0.9, 0.1, 0), 3);
  expect([...predicted]).toEqual([1, 0]);
  expect(accuracy(predicted, [1, 2])).toBe(0.5);
});
