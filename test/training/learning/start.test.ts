import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { baseFile, readAnyModel } from "../../../training/cli/model-files.ts";
import { describeClasses, startingWeights } from "../../../training/learning/start.ts";
import { initialParameters } from "../../../training/network/parameters.ts";
import { placeWeights, tensorDenoiser } from "../../../training/network/score-network.ts";
import { labelled, randomModel, TINY } from "../../support/random-model.ts";
import { normalValues } from "../../support/random-numbers.ts";

const model = labelled(randomModel(TINY, 5, "fp32"), ["ape", "bee", "cow"]);

/** The embedding of a class as the network sees it: a column. */
function embedding(labels: readonly string[], label: string, from = model): number[] {
  const spec = { ...TINY, classes: labels.length };
  const values = startingWeights(spec, labels, from, "seed").get("emb.class")!;
  return [...values].filter((_, i) => i % labels.length === labels.indexOf(label));
}

const angle = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i], 0) / (Math.hypot(...a) * Math.hypot(...b));

describe("startingWeights", () => {
  it.each([Number.NaN, 1e38])("blames the model for a weight of %d", (value) => {
    const { floats } = model.weights;
    const weights = { ...model.weights, floats: new Map([...floats, ["out.gain", Float32Array.of(value)]]) };
    expect(() => startingWeights(TINY, model.card.labels, { ...model, weights }, "seed")).toThrow(
      `The model to start from is of no use: \`out.gain\` among its weights has the value ${Math.fround(value)}, which no training gives`,
    );
  });

  it("finds classes by name, in whatever order", () => {
    for (const label of model.card.labels) {
      const [own, other] = [embedding(model.card.labels, label), embedding(["cow", "ape", "bee"], label)];
      expect(own.every((value, i) => Math.abs(other[i] - value) < 1e-5)).toBe(true);
    }
  });

  it("draws new classes from the seed beside those that it keeps", () => {
    const labels = ["ant", "bee", "cat", "dog"];
    expect(angle(embedding(labels, "bee"), embedding(model.card.labels, "bee"))).toBeGreaterThan(0.8);
    const random = initialParameters({ ...TINY, classes: 4 }, "seed").get("emb.class")!;
    const drawn = [...random].filter((_, i) => i % 4 === 2);
    expect(angle(embedding(labels, "cat"), drawn)).toBeGreaterThan(0.8);
    for (const label of model.card.labels)
      expect(Math.abs(angle(embedding(labels, "cat"), embedding(model.card.labels, label)))).toBeLessThan(0.7);
  });

  it("makes the base one in grey, which removes noise from grey images better than the base: that takes grey noise for a picture", async () => {
    const [tf, base] = [(await chooseBackend("wasm")).tf, readAnyModel(baseFile(), "from")];
    const { spec } = base.card;
    const grey = { ...spec, channels: 1 } as const;
    const weights = startingWeights(grey, base.card.labels, base, "seed");
    const [colour, own] = [
      tensorDenoiser(tf, spec, placeWeights(tf, spec, base.weights.floats)),
      tensorDenoiser(tf, grey, placeWeights(tf, grey, weights)),
    ];
    const [count, area] = [4, spec.height * spec.width];
    const clean = Float32Array.from({ length: count * area }, (_, i) => {
      const [x, y] = [i % spec.width, Math.floor(i / spec.width) % spec.height];
      const disc = Math.floor(i / area);
      return Math.hypot(x - 10 - disc, y - 14) < 6 + disc ? 0.6 - 0.15 * disc : -0.4 + 0.02 * y;
    });
    const noise = normalValues("grey", clean.length);
    const labels = new Float32Array(count * spec.classes);
    for (const sigma of [0.3, 1, 3]) {
      const noisy = clean.map((value, i) => value + sigma * noise[i]);
      const inColour = Float32Array.from({ length: 3 * noisy.length }, (_, i) => noisy[area * Math.floor(i / (3 * area)) + (i % area)]);
      const ofBase = await colour(inColour, sigma, labels);
      const ofGrey = await own(noisy, sigma, labels);
      const mean = (i: number): number =>
        [0, 1, 2].reduce((sum, c) => sum + ofBase[3 * area * Math.floor(i / area) + c * area + (i % area)] / 3, 0);
      const rms = (error: (i: number) => number): number => Math.sqrt(clean.reduce((sum, _, i) => sum + error(i) ** 2, 0) / clean.length);
      expect(rms((i) => ofGrey[i] - clean[i])).toBeLessThan(0.85 * rms((i) => mean(i) - clean[i]));
    }
  });

  it("takes an int8 model's filters within their quantization, and all of a file to train from", () => {
    const given = startingWeights(TINY, model.card.labels, model, "seed");
    const int8 = startingWeights(TINY, model.card.labels, labelled(randomModel(TINY, 5, "int8"), model.card.labels), "seed");
    for (const [path, values] of given) {
      expect(
        values.every((value, i) => Math.abs(int8.get(path)![i] - value) < 0.03),
        path,
      ).toBe(true);
    }
    const base = readAnyModel(baseFile(), "from");
    const [own, start] = [base.weights.floats, startingWeights(base.card.spec, base.card.labels, base, "another seed")];
    expect(angle([...start.get("emb.change")!], [...own.get("emb.change")!])).toBeGreaterThan(0.9);
  });
});

it("describeClasses names what stays and what is new, and says nothing of the same classes", () => {
  const pets = { name: "pets", labels: ["a", "b"] };
  expect(describeClasses(["b", "a"], pets)).toBeUndefined();
  expect(describeClasses(["a", "c"], pets)).toBe("classes that pets, which the run starts from, knows: a; new ones: c");
});
