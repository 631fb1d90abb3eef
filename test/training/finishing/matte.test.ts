/** A matte of a run's own pictures: when it is learned, from what, and how well. */
import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { learnToFinish } from "../../../training/finishing/finisher.ts";
import { type CutOuts, MATTE, type MatteSettings } from "../../../training/finishing/matte.ts";
import type { OwnNetwork } from "../../../training/finishing/own-network.ts";
import { finishingCost, planFinishing } from "../../../training/finishing/plan.ts";
import { firstState } from "../../../training/learning/checkpoint.ts";
import { TRAINING_EVALUATIONS } from "../../../training/learning/reports.ts";
import { meanOf } from "../../../training/network/held-out.ts";
import { randomParameters } from "../../../training/network/parameters.ts";
import { placeWeights } from "../../../training/network/score-network.ts";
import { macsOf } from "../../../wasm-model/network/count.ts";
import { NETWORKS, type NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { randomModel, TINY } from "../../support/random-model.ts";

const SETTINGS: MatteSettings = { pictures: 3, batch: 8, denoised: 2, steps: 6, learningRate: 0.02, decayShare: 0.4 };
const spec: NetworkSpec = { ...TINY, channels: 3 };
const backend = await chooseBackend("wasm");

/** A network of random weights on the device. */
const network = (crop?: OwnNetwork["crop"]): OwnNetwork => ({
  ...{ tf: backend.tf, spec, weights: placeWeights(backend.tf, spec, randomModel(spec, 3, "fp32").weights.floats) },
  ...(crop && { crop }),
});

const GROUND = [200, 40, 90] as const;

/** Plain shapes on the ground, each of one colour: their left columns, one to three, are opaque, the next one is half so. */
function cutOuts(height = 8, width = 8): CutOuts {
  const alpha = Uint8Array.from({ length: 3 * height * width }, (_, i) => {
    const edge = 1 + Math.floor(i / (height * width));
    return i % width < edge ? 255 : i % width === edge ? 127.5 : 0;
  });
  const colours = [
    [10, 20, 30],
    [250, 250, 20],
    [90, 160, 240],
  ];
  const images = new Uint8Array(3 * alpha.length);
  for (const [i, a] of alpha.entries()) {
    const colour = colours[Math.floor(i / (height * width))];
    for (let c = 0; c < 3; c++) images[3 * i + c] = GROUND[c] + (a / 255) * (colour[c] - GROUND[c]);
  }
  return { images, alpha, ground: GROUND };
}

describe("the plan", () => {
  const run = { spec: { ...spec, ...NETWORKS.s32x3, height: 32, width: 32 } };
  const plan = (images: number, cutOuts: number, large: number) => planFinishing({ ...run, images }, { cutOuts, large });

  it("takes at most a fifth of a long run's cost, with the enlarger; of a short one what a matte needs", () => {
    const both = plan(100_000, 300, 300);
    expect([both.matte?.steps, both.enlarger?.steps]).toEqual([700, 300]);
    for (const images of [100_000, 60_000]) {
      const cost = TRAINING_EVALUATIONS * images * macsOf(run.spec);
      expect(finishingCost({ ...run, ...plan(images, 300, 300) }) / cost).toBeLessThanOrEqual(0.2);
    }
    const short = plan(9000, 300, 300);
    expect([short.matte?.steps, short.enlarger]).toEqual([200, undefined]);
    expect(plan(93_000, 0, 300).matte).toBeUndefined();
    expect(planFinishing({ ...run, images: 100_000, palette: [] }, { cutOuts: 300, large: 0 }).matte?.steps).toBe(200);
  });
});

describe("a batch", () => {
  const settings = { ...SETTINGS, batch: 40, denoised: 1 };

  it("has the ground where nothing is opaque, whatever happens to the colours, and mirrors both alike", () => {
    const { x, alpha } = MATTE.batches(network(), cutOuts(), settings, "s")(1);
    expect([x.shape, alpha.shape]).toEqual([
      [40, 8, 8, 3],
      [40, 8, 8, 1],
    ]);
    const [values, opacity] = [x.dataSync(), alpha.dataSync()];
    const ground = GROUND.map((byte) => byte / 127.5 - 1);
    let [still, mirrored, recoloured] = [0, 0, 0];
    for (let b = 1; b < 40; b++) {
      const [left, right] = [opacity[b * 64], opacity[b * 64 + 7]];
      expect([left, right].sort()).toEqual([0, 1]);
      const at = 3 * (b * 64 + (left === 0 ? 0 : 7));
      if (!ground.every((value, c) => Math.abs(values[at + c] - value) < 1e-5)) continue; // it is noisy
      still++;
      if (right === 1) mirrored++;
      const opaque = 3 * (b * 64 + (left === 0 ? 7 : 0));
      const spread = Math.max(...values.slice(opaque, opaque + 3)) - Math.min(...values.slice(opaque, opaque + 3));
      if (spread > 0.5) recoloured++;
    }
    expect(still).toBeGreaterThan(3);
    expect(still).toBeLessThan(25);
    expect(mirrored).toBeGreaterThan(0);
    expect(mirrored).toBeLessThan(still);
    expect(recoloured).toBeGreaterThan(0);
  });

  it("is of the network's image, into which the border continues", () => {
    const { x, alpha } = MATTE.batches(network({ top: 1, left: 0, height: 6, width: 8 }), cutOuts(6), settings, "s")(1);
    expect([x.shape, alpha.shape]).toEqual([
      [40, 8, 8, 3],
      [40, 8, 8, 1],
    ]);
  });
});

it("a matte learns, and frees what it took", async () => {
  const before = backend.tf.memory().numTensors;
  const settings = { ...SETTINGS, steps: 60 };
  const { floats: weights } = randomModel(spec, 3, "fp32").weights;
  const run = { spec, weights, settings, pictures: cutOuts(), seed: "s" };
  const first = firstState(MATTE.parameters, randomParameters(MATTE.parameters, "s"));
  const errors: number[] = [];
  for await (const { loss } of learnToFinish(backend, MATTE, run, first, async () => {})) errors.push(loss);
  expect(errors[0]).toBeGreaterThan(0.4);
  expect(meanOf(errors.slice(-5))).toBeLessThan(0.2);
  expect(backend.tf.memory().numTensors).toBe(before);
});
