import { describe, expect, it } from "vitest";
import { NETWORK } from "../../../training/learning/defaults.ts";
import { RECIPE } from "../../../training/learning/recipe.ts";
import { SAMPLING_DEFAULTS } from "../../../training/learning/sampling.ts";
import { begin, cardFor } from "../../../training/learning/settings.ts";
import { memorySplit } from "../../../training/network/split.ts";
import { checkedCard } from "../../../wasm-model/model/card.ts";
import type { ModelContents } from "../../../wasm-model/model/onnx/writer.ts";
import { randomModel, TINY } from "../../support/random-model.ts";

const { height, width, channels } = TINY;

/** Two grey images, in these classes. */
const dataset = (labels: readonly string[]) => ({
  train: memorySplit(new Uint8Array(2 * height * width).fill(255, height * width), [0, labels.length - 1]),
  ...{ labels, height, width, channels },
});

const choices = { seed: "7" };
/** A model of one class, of which its network takes notice. */
const ofOneClass = randomModel({ ...TINY, classes: 1 }, 5, "fp32");

describe("sampling settings of a run", () => {
  const searched = { sigmas: [20, 1], churn: [0.5], extrapolation: [1.5] };
  const tuned = randomModel(TINY, 5, "fp32");
  const from = { ...tuned, card: { ...tuned.card, sampling: { ...tuned.card.sampling, steps: 2, schedules: [searched] } } };

  it.each([
    ["a model, whatever its file has", from],
    ["nothing", "s32"],
  ] as const)("are one for all, from %s, and its images get the contrast of the pictures", (_, start) => {
    const { settings } = begin(dataset(["a", "b"]), choices, start);
    const { steps, start: fitted, ...grid } = settings.sampling;
    expect({ ...grid, steps: SAMPLING_DEFAULTS.steps }).toEqual(SAMPLING_DEFAULTS);
    const means = [-0.2, 0.2].map((colour) => Array.from({ length: 16 }, () => colour)); // of a black picture and a white one
    expect([steps, fitted]).toMatchObject([7, { sigmaMax: 8, spread: 1, extrapolation: 1, means }]);
    expect(settings.contrast).toBe(0);
  });
});

describe("a run on one class", () => {
  it.each([
    ["the network of several", randomModel(TINY, 5, "fp32")],
    ["the network of one that takes notice of it", ofOneClass],
    ["nothing", "s32"],
  ] as const)("makes an unconditional network from %s, in a card of format 3", (_, from) => {
    const { settings, state } = begin(dataset(["Class 0"]), choices, from);
    expect(settings.spec.unconditional).toBe(true);
    expect([...state.average.keys()]).not.toContain("emb.class");
    const card = cardFor(settings, { name: "one", data: "one", dataLicence: "unknown" });
    expect(checkedCard(card)).toMatchObject({ format: 3, spec: { classes: 1, unconditional: true } });
  });

  it("learns guidance from weights, by default, and refuses it from nothing", () => {
    expect(begin(dataset(["a"]), choices, ofOneClass).settings.recipe.guidance.weight).toBe(1.8);
    expect(begin(dataset(["a"]), choices, "s32").settings.recipe.guidance.weight).toBe(1);
    expect(() => begin(dataset(["a"]), { ...choices, guidance: 2 }, "s32")).toThrow("`guidance` works with runs from weights only");
  });
});

it("a run on several classes tells them to its network, from an unconditional one, too", () => {
  const { settings, state } = begin(dataset(["a"]), choices, ofOneClass);
  const card = cardFor(settings, { name: "one", data: "one", dataLicence: "unknown" });
  const unconditional = { card, weights: { floats: state.average, convolutions: new Map() } };
  const several = begin(dataset(["a", "b"]), choices, unconditional);
  expect(several.settings.spec).not.toHaveProperty("unconditional");
  expect(several.state.average.get("emb.class")).toHaveLength(2 * TINY.widths.at(-1)!);
});

it("pixel art learns more of the layout, longer at the constant rate, and with less guidance", () => {
  const recipeOf = (palette?: readonly string[]) => begin({ ...dataset(["a"]), palette }, choices, ofOneClass).settings.recipe;
  const [plain, pixelArt] = [recipeOf(), recipeOf(["000000", "ffffff"])];
  expect([plain.guidance.weight, plain.logSigma, plain.stableShare]).toEqual([1.8, RECIPE.logSigma, 0.5]);
  expect([pixelArt.guidance.weight, pixelArt.logSigma, pixelArt.stableShare]).toEqual([1.5, { mean: 0.2, std: 1.2 }, 0.7]);
});

it("the colours of pixel art are the run's and its model's", () => {
  const palette = ["000000", "ffffff"];
  const { settings } = begin({ ...dataset(["a"]), palette }, choices, "s32");
  expect([settings.palette, cardFor(settings, { name: "one", data: "one", dataLicence: "unknown" }).palette]).toEqual([palette, palette]);
});

/** A model that has learned from so many images. */
const after = (images: number, source?: { readonly name: string; readonly images: number }) => {
  const { card, weights } = randomModel(TINY, 5, "fp32");
  return { card: { ...card, training: { ...card.training, images, ...(source && { from: source }) } }, weights };
};

it.each([
  ["nothing", "s32", undefined],
  ["a model from nothing", after(500), { name: "random", images: 500 }],
  ["a model that started from another", after(500, { name: "base", images: 2000 }), { name: "random", images: 2500 }],
] as const)("the images in a card are those of its run, and beside them those of %s", (_, start, source) => {
  const { settings } = begin(dataset(["a", "b"]), { ...choices, images: 300 }, start);
  const { training } = checkedCard(cardFor(settings, { name: "two", data: "two", dataLicence: "unknown" }));
  expect([training.images, training.from]).toEqual([300, source]);
});

it("the pretrained network that a run is compared with is the base for a network of its shape, else the model that it starts from", () => {
  const base = randomModel(TINY, 6, "fp32");
  const model = (network: string) => {
    const { card, weights } = randomModel(TINY, 7, "fp32");
    return { card: { ...card, training: { ...card.training, network } }, weights };
  };
  const filters = (from: Parameters<typeof begin>[2]) => begin(dataset(["a", "b"]), choices, from, base).pretrained?.get("in");
  expect(filters(model(NETWORK))).toEqual(begin(dataset(["a", "b"]), choices, base).state.weights.get("in"));
  expect(filters(model("m32"))).toEqual(begin(dataset(["a", "b"]), choices, model("m32")).state.weights.get("in"));
  expect(filters("s32")).toBeUndefined();

  const under = (sigmaData: number, { card, ...rest } = model(NETWORK)) => ({
    ...rest,
    card: { ...card, spec: { ...card.spec, sigmaData } },
  });
  const guidanceFrom = (from: ModelContents) => begin(dataset(["a", "b"]), choices, from, base).settings.recipe.guidance;
  expect(guidanceFrom(under(0.9))).toMatchObject({ sigmaData: TINY.sigmaData }); // the base's, not the run's
  for (const from of [base, under(TINY.sigmaData), under(0.9, model("m32"))]) expect(guidanceFrom(from)).not.toHaveProperty("sigmaData");
});
