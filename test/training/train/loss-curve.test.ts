import { expect, it } from "vitest";
import { lossCurve } from "../../../training/train/loss-curve.ts";

const LOG = [
  { step: 50, loss: 0.9, learningRate: 0.01, imagesPerSecond: 1 },
  { step: 100, loss: 0.4, learningRate: 0.01, imagesPerSecond: 1 },
  {
    step: 100,
    heldOut: [
      { sigma: 0.1, loss: 0.296188 },
      { sigma: 1, loss: 0.3 },
    ],
  },
];

/** The texts of an SVG document. */
const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

it("draws training and held-out loss against images, from a round number upwards", () => {
  const texts = textsOf(lossCurve(LOG, { batch: 128 }));
  expect(texts).toEqual(expect.arrayContaining(["training", "training images", "weighted loss", "12,800", "0.2"]));
  expect(texts).toContainEqual(expect.stringMatching(/^held out, /));
  expect(texts.filter((text) => /\.\d\d/.test(text))).toEqual([]);
});

it("names the guided teacher where it is what training compares with", () => {
  expect(textsOf(lossCurve(LOG, { batch: 128, guidance: { weight: 2, sigmaMax: 3 } }))).toContain("training, against the guided teacher");
});

it("draws axes alone before anything is logged", () => {
  expect(textsOf(lossCurve([], { batch: 128 }))).toContain("weighted loss");
});
