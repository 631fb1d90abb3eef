import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Tf } from "../../../training/network/score-network.ts";
import { temporaryFolder } from "../../support/files.ts";
import { randomClassifierWeights } from "../../support/random-classifier.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";
import { CLASSIFIERS, type ClassifierName, type ClassifierSpec, featureCount } from "../classifiers/classifier.ts";
import { accuracy, classify, predictions } from "../classifiers/classify.ts";
import { encodeClassifier, readClassifier, roundedWeights } from "../classifiers/file.ts";
import { maxPool } from "../classifiers/trunks.ts";

const folder = temporaryFolder("classifier");

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

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

  it("is almost the same with eight-bit weights, which are those in its file", () => {
    const rounded = roundedWeights(spec, weights);
    const path = join(folder, "mine.safetensors");
    writeFileSync(path, encodeClassifier(spec, rounded, { testAccuracy: 0.5, seed: "s" }));
    expect(readClassifier(data, path)).toEqual({ spec, weights: rounded, testAccuracy: 0.5 });
    const [exact, coarse] = [weights, rounded].map((weights) => classify(tf, { spec, weights }, images).features);
    const error = Math.sqrt(
      exact.reduce((sum, value, i) => sum + (value - coarse[i]) ** 2, 0) / exact.reduce((sum, value) => sum + value ** 2, 0),
    );
    expect(error).toBeLessThan(0.02);
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

describe("predictions", () => {
  it("are the likeliest classes", () => {
    const predicted = predictions(Float32Array.of(0.2, 0.5, 0.3, 0.9, 0.1, 0), 3);
    expect([...predicted]).toEqual([1, 0]);
    expect(accuracy(predicted, [1, 2])).toBe(0.5);
  });
});

it("maximum pooling takes the largest of four values and gives the gradient to it alone, also for negative values", () => {
  const windows = tf.tensor([-4, -3, -2, -1, 5, 8, 7, 6], [1, 2, 4, 1]); // two windows: -4, -3, 5, 8 and -2, -1, 7, 6
  const negative = tf.tensor([-4, -3, -2, -9], [1, 2, 2, 1]);
  expect([...maxPool(tf, windows).dataSync()]).toEqual([8, 7]);
  expect([...maxPool(tf, negative).dataSync()]).toEqual([-2]);
  const gradient = (x: typeof windows): number[] => [
    ...tf
      .grad((x) => tf.mul(maxPool(tf, x), 3))(x)
      .dataSync(),
  ];
  expect(gradient(windows)).toEqual([0, 0, 0, 0, 0, 3, 3, 0]);
  expect(gradient(negative)).toEqual([0, 0, 3, 0]);
});
