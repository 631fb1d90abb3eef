/** An enlarger of a run's own pictures: when it is learned, from what, and how well. */

import type * as TF from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import type { LargePicture, LargePictures } from "../../../training/data/sizes.ts";
import { ENLARGER, type EnlargerSettings } from "../../../training/finishing/enlarger.ts";
import { learnedWeights, learnToFinish, stateFrom } from "../../../training/finishing/finisher.ts";
import type { OwnNetwork } from "../../../training/finishing/own-network.ts";
import { finishingCost, planFinishing } from "../../../training/finishing/plan.ts";
import { TRAINING_EVALUATIONS } from "../../../training/learning/reports.ts";
import { meanOf } from "../../../training/network/held-out.ts";
import { placeWeights } from "../../../training/network/score-network.ts";
import { enlargerFile } from "../../../wasm-model/model/model.ts";
import { readFinisher } from "../../../wasm-model/model/onnx/reader.ts";
import { macsOf } from "../../../wasm-model/network/count.ts";
import { ENLARGED } from "../../../wasm-model/network/finishers.ts";
import type { Weights } from "../../../wasm-model/network/quantization.ts";
import { NETWORKS, type NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { resize } from "../../../wasm-model/render/image/resize.ts";
import { oracleFinisher } from "../../support/oracle.ts";
import { randomFinisher, randomImage, randomModel, relativeDifference, TINY } from "../../support/random-model.ts";

const SETTINGS: EnlargerSettings = { pictures: 3, batch: 4, denoised: 2, steps: 6, learningRate: 0.02, decayShare: 0.5, edges: 0.5 };
const colour: NetworkSpec = { ...TINY, channels: 3 };

const backend = await chooseBackend("wasm");

describe("the plan", () => {
  const spec: NetworkSpec = { ...TINY, ...NETWORKS.s32x3, height: 32, width: 32, channels: 3 };
  const plan = (images: number, pictures = 300, more: Partial<NetworkSpec> = {}) =>
    planFinishing({ spec: { ...spec, ...more }, images }, { cutOuts: 0, large: pictures }).enlarger;

  it("takes at most a fifth of the run's cost and at most 300 steps, and is none where that is too few", () => {
    expect(plan(120_000)?.steps).toBe(300);
    const enlarger = plan(9_000)!;
    const cost = TRAINING_EVALUATIONS * 9_000 * macsOf(spec);
    expect(finishingCost({ spec, enlarger }) / cost).toBeGreaterThan(0.19);
    expect(finishingCost({ spec, enlarger }) / cost).toBeLessThanOrEqual(0.2);
    expect(plan(1_000)).toBeUndefined();
    expect(planFinishing({ spec, images: 64 }, { cutOuts: 0, large: 300 }, "short").enlarger?.steps).toBe(60); // a page decides otherwise
  });

  it("is none for fewer than 30 large pictures, and for images of 64 pixels", () => {
    expect(plan(120_000, 30)).toBeDefined();
    expect(plan(120_000, 29)).toBeUndefined();
    expect(plan(120_000, 300, { height: 64, width: 64 })).toBeUndefined();
  });
});

/** A picture of native size and one of four times that, of so many pixels [H, W], by what a pixel (x, y) of 32 x 32 has. */
function picture(at: (x: number, y: number) => readonly number[], [height, width] = [8, 8]): LargePicture {
  const of = (times: number): Uint8Array => {
    const [across, step] = [times * width, ENLARGED / times];
    return Uint8Array.from({ length: 4 * times * height * across }, (_, i) => {
      const pixel = Math.floor(i / 4);
      const [red, green, blue, opacity = 255] = at(step * (pixel % across), step * Math.floor(pixel / across));
      return [red, green, blue, opacity][i % 4];
    });
  };
  return { small: of(1), large: of(ENLARGED) };
}

/** Opaque, on no ground. */
const picturesOf = (...pictures: LargePicture[]): LargePictures => ({ pictures, background: "ffffff", isCutOut: false });

/** Pictures of one grey each. */
const plain = (values: readonly number[], size?: [number, number]): LargePictures =>
  picturesOf(...values.map((value) => picture(() => [value, value, value], size)));

/** Images [B, 8, 8, C], smoothly enlarged. */
function smoothly(x: TF.Tensor): TF.Tensor {
  const [batch, , , channels] = x.shape;
  const planar = backend.tf.transpose(x, [0, 3, 1, 2]).dataSync() as Float32Array;
  const large = resize(planar, [batch * channels!, 8, 8], [32, 32], true);
  return backend.tf.transpose(backend.tf.tensor(large, [batch, channels!, 32, 32]), [0, 2, 3, 1]);
}

const toByte = (value: number): number => Math.round((value + 1) * 127.5);

/** A network of random weights on the device. */
const networkOf = (spec: NetworkSpec, crop?: OwnNetwork["crop"]): OwnNetwork => ({
  ...{ tf: backend.tf, spec, weights: placeWeights(backend.tf, spec, randomModel(spec, 3, "fp32").weights.floats) },
  ...(crop && { crop }),
});

describe("a batch", () => {
  it("is what the smooth enlargement of its images lacks, to the pictures", () => {
    const pictures = picturesOf(...[0, 1, 2].map((k) => picture((x, y) => [31, 37, 41].map((prime) => (prime * (x + k) * (y + 1)) % 251))));
    const { x, missing } = ENLARGER.batches(networkOf(colour), pictures, SETTINGS, "s")(1);
    expect([x.shape, missing.shape]).toEqual([
      [4, 8, 8, 3],
      [4, 32, 32, 3],
    ]);
    for (const value of backend.tf.add(missing, smoothly(x)).dataSync()) {
      const byte = (value + 1) * 127.5; // a picture has bytes
      expect(Math.abs(byte - Math.round(byte))).toBeLessThan(1e-3);
    }
    expect(x.dataSync().every((value) => Math.abs(value) <= 1)).toBe(true);
  });

  it("has the pictures as they were reduced, mirrored with what they are to become", () => {
    const edge = picture((x) => (x < 16 ? [10, 10, 10] : [200, 200, 200]));
    edge.small.fill(90, 0, 3); // no mean of the large picture's
    const { x, missing } = ENLARGER.batches(networkOf(TINY), picturesOf(edge), { ...SETTINGS, batch: 40, denoised: 1 }, "s")(1);
    const [small, target] = [x.dataSync(), backend.tf.add(missing, smoothly(x)).dataSync()];
    const corners = Array.from({ length: 40 }, (_, b) => [small[64 * b], small[64 * b + 7], target[1024 * b]].map(toByte)).slice(1);
    const isExact = ([left, right]: number[]): boolean => [left, right].toSorted().join() === [200, 90].join();
    expect(corners.filter(isExact).every(([left, , large]) => large === (left === 90 ? 10 : 200))).toBe(true);
    expect(new Set(corners.filter(isExact).map(([left]) => left)).size).toBe(2);
  });

  it("has them with noise for seven in ten, and the first ones were denoised by the run's network", () => {
    const batchAt = ENLARGER.batches(networkOf(TINY), plain([60, 60, 60]), { ...SETTINGS, batch: 40, denoised: 20 }, "s");
    const mean = 60 / 127.5 - 1;
    const off = Array.from({ length: 40 }, () => 0);
    const values = batchAt(2).x.dataSync();
    for (const [i, value] of values.entries()) off[Math.floor(i / 64)] += Math.abs(value - mean) / 64;
    const exact = off.slice(20).filter((error) => error < 1e-6).length;
    expect(exact).toBeGreaterThan(2);
    expect(exact).toBeLessThan(12);
    expect(Math.max(...off.slice(20))).toBeLessThan(0.12);
    expect(off.slice(0, 20).every((error) => error > 0.01)).toBe(true); // of random weights
  });

  it("has the opacity of one in four cut-outs, in grey, and what it is to become", () => {
    const half = picture((x) => (x < 16 ? [200, 100, 50] : [0, 0, 0, 0]));
    const cutOuts = { pictures: [half], background: "00ff00", isCutOut: true };
    const { x, missing } = ENLARGER.batches(networkOf(colour), cutOuts, { ...SETTINGS, batch: 80, denoised: 1 }, "s")(1);
    const [values, target] = [x.dataSync(), backend.tf.add(missing, smoothly(x)).dataSync()];
    const coloursOf = (all: typeof values, size: number, b: number): string => {
      const bytes = [...all.subarray(size * b, size * (b + 1))].map(toByte);
      return [...new Set(bytes.map((_, i) => bytes.slice(i - (i % 3), i - (i % 3) + 3).join()))].toSorted().join(" ");
    };
    const seen = Array.from({ length: 79 }, (_, b) => [coloursOf(values, 192, b + 1), coloursOf(target, 3072, b + 1)]);
    const [opacity, colours] = ["0,0,0 255,255,255", "0,255,0 200,100,50"];
    expect(seen.every(([, large]) => large === opacity || large === colours)).toBe(true);
    const share = seen.filter(([, large]) => large === opacity).length / 79;
    expect([share > 0.1, share < 0.4]).toEqual([true, true]);
    for (const exact of [opacity, colours])
      expect(seen.filter(([small, large]) => small === exact && large === exact).length).toBeGreaterThan(0); // those without noise
  });
});

it.each([1, 3] as const)("an enlarger of images of %i channels learns, and frees what it took", async (channels) => {
  const [before, spec] = [backend.tf.memory().numTensors, { ...TINY, channels }];
  const settings = { ...SETTINGS, batch: 16, denoised: 1, steps: 60 };
  const { floats: weights } = randomModel(spec, 3, "fp32").weights;
  const run = { spec, weights, settings, pictures: plain([10, 120, 240]), seed: "s" };
  const errors: number[] = [];
  for await (const { loss } of learnToFinish(
    backend,
    ENLARGER,
    run,
    stateFrom(ENLARGER, randomFinisher("enlarger", 2, "fp32")),
    async () => {},
  ))
    errors.push(loss);
  expect(meanOf(errors.slice(-5))).toBeLessThan(0.7 * meanOf(errors.slice(0, 5)));
  expect(backend.tf.memory().numTensors).toBe(before);
});

it("an enlarger goes on from where it was: its first state computes what it did, but for the rounding of an int8 one", async () => {
  const image = randomImage(8, 8, 1);
  const added = (weights: Weights) => oracleFinisher("enlarger", weights, image, { height: 8, width: 8 });
  const [library, float] = [
    readFinisher("enlarger", await enlargerFile()),
    learnedWeights(ENLARGER, stateFrom(ENLARGER, randomFinisher("enlarger", 5, "fp32"))),
  ];
  for (const [given, tolerance] of [
    [float, 1e-5],
    [library, 0.1],
  ] as const) {
    const learned = await added(learnedWeights(ENLARGER, stateFrom(ENLARGER, given)));
    expect(relativeDifference(learned, await added(given))).toBeLessThan(tolerance);
  }
});
