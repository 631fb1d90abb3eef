import { describe, expect, it } from "vitest";
import { describeClasses, startingWeights } from "../../../training/learning/start.ts";
import { initialParameters } from "../../../training/network/parameters.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { labelled, randomModel, randomModelFile, TINY } from "../../support/random-model.ts";

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

  it("makes a network in colour one in grey: filters of the sum of red, green and blue, and of their mean", () => {
    const colour = labelled(randomModel({ ...TINY, channels: 3 }, 5, "fp32"), model.card.labels);
    const grey = startingWeights(TINY, model.card.labels, colour, "seed");
    const { floats } = colour.weights;
    const at = (path: string, o: number, i: number, inputs: number, taps = 9): number[] => [
      ...floats.get(path)!.subarray((o * inputs + i) * taps, (o * inputs + i + 1) * taps),
    ];
    const sum = (rows: number[][]): number[] => rows[0].map((_, k) => rows.reduce((total, row) => total + row[k], 0));
    const filter = (o: number): number[] =>
      [0, 1, 2, 3].flatMap((pixel) => sum([0, 1, 2].map((c) => at("in", o, 3 * pixel + c, 13)))).concat(at("in", o, 12, 13));
    const size = 5 * 9;
    for (const o of [0, TINY.widths[0] - 1])
      expect(angle([...grey.get("in")!.subarray(o * size, (o + 1) * size)], filter(o))).toBeCloseTo(1, 5);
    const drawn = TINY.widths[0] * 9;
    const mean = sum([0, 1, 2].map((c) => at("out", 3 + c, 0, 1, drawn)));
    expect(angle([...grey.get("out")!.subarray(drawn, 2 * drawn)], mean)).toBeCloseTo(1, 5);
    expect(Math.abs(grey.get("out.gain")![0])).toBeLessThan(Math.abs(floats.get("out.gain")![0]));
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
    const half = startingWeights(TINY, model.card.labels, readModel(randomModelFile(TINY, 5, "half")), "another seed");
    const training = initialParameters(TINY, "random").get("emb.change")!;
    expect(angle([...half.get("emb.change")!], [...training])).toBeGreaterThan(0.9);
  });
});

it("describeClasses names what stays and what is new, and says nothing of the same classes", () => {
  const pets = (labels: readonly string[]) => ({ name: "pets", labels });
  expect(describeClasses(["b", "a"], pets(["a", "b"]))).toBeUndefined();
  expect(describeClasses(["a", "c"], pets(["a", "b"]))).toBe("classes that pets, which the run starts from, knows: a; new ones: c");
  expect(describeClasses(["a"], pets(["a", "b"]))).toBe("classes that pets, which the run starts from, knows: a; new ones: none");
  const many = Array.from({ length: 12 }, (_, i) => `${i}`);
  expect(describeClasses(many, pets(["x"]))).toBe(
    "classes that pets, which the run starts from, knows: none; new ones: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more",
  );
});
