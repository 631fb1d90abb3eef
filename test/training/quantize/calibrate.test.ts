import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { draw } from "../../../training/network/draw.ts";
import { placeWeights, tensorDenoiser } from "../../../training/network/score-network.ts";
import { calibrate, inputRecorder, quantizeRoughly, trajectoriesOf } from "../../../training/quantize/calibrate.ts";
import { expectIn } from "../../../training/quantize/quantize.ts";
import type { ModelContents } from "../../../wasm-model/model/onnx/writer.ts";
import { parametersOf, quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { MAX_CODE } from "../../../wasm-model/network/quantization.ts";
import { evaluations, scheduleOf } from "../../../wasm-model/sampling/index.ts";
import { MAX_EVALUATIONS, SAMPLERS, type SamplingSettings } from "../../../wasm-model/sampling/settings.ts";
import { cardOf, randomModel, TINY } from "../../support/random-model.ts";

/** Its maps are clipped where they are larger. */
const spec = { ...TINY, bound: 2 };
const fp32 = randomModel(spec, 2, "fp32");
const card = cardOf(spec);

const { tf } = await chooseBackend("wasm");

/** The ranges of what a network reads while it draws such images, by path. */
async function rangesOf(
  { card, weights }: Pick<ModelContents, "card" | "weights">,
  classes: readonly (number | undefined)[],
  seed: string,
) {
  const placed = placeWeights(tf, card.spec, weights.floats);
  const network = { parameters: parametersOf(card.spec), quantized: quantizedPathsOf(card.spec) };
  const { ops, reads } = inputRecorder(tf, placed, "watched", card.spec, network);
  await draw({ card, denoiser: { denoise: tensorDenoiser(tf, card.spec, placed, ops) } }, { classes, seed });
  return reads();
}

it("calibrate records at least the range of each of its trajectories", async () => {
  const reads = await calibrate(tf, card, placeWeights(tf, spec, fp32.weights.floats), { imagesPerClass: 1 });
  const [low, high] = expectIn(await rangesOf({ ...fp32, card }, [0, 1, 2, undefined], "calibration/0/0"), "out").range;
  const [min, max] = expectIn(reads, "out").range;
  expect(low).toBeLessThan(-1);
  expect(min).toBeLessThanOrEqual(low);
  expect(max).toBeGreaterThanOrEqual(high);
});

describe("the trajectories", () => {
  it.each(SAMPLERS)("cost at most what one image may, for a model of any number of steps: %s", (sampler) => {
    const most = { ...card.sampling, sampler, stepsPerLevel: 10 };
    for (const steps of [1, 40, 100, 334, 500, 1000].filter((steps) => evaluations(sampler, steps, most) <= MAX_EVALUATIONS)) {
      const trajectories = trajectoriesOf({ ...most, steps });
      const costs = trajectories.map((sampling) => evaluations(sampling.sampler, sampling.steps, sampling));
      expect(Math.max(...costs), `${steps}`).toBeLessThanOrEqual(MAX_EVALUATIONS);
      expect(costs[1]).toBeGreaterThanOrEqual(costs[0]);
    }
  });

  it("begin at the highest noise of any sampler where `langevin` starts from less", () => {
    const start = { sigmaMax: 4, ...{ squares: 1, spread: 1, extrapolation: 1, means: [[0], [0], [0]], factor: [1] } };
    const first = (settings: SamplingSettings) => scheduleOf(settings).sigmas[0];
    expect(trajectoriesOf({ ...card.sampling, sampler: "langevin", steps: 6, start }).map(first)).toEqual([4, 4, card.sampling.sigmaMax]);
  });

  it("have three times the model's steps where one image may cost as much", () => {
    expect(trajectoriesOf({ ...card.sampling, steps: 6 }).map(({ steps }) => steps)).toEqual([6, 18, 18]);
    expect(trajectoriesOf({ ...card.sampling, steps: 334 }).map(({ steps }) => steps)).toEqual([334, 1000, 1000]);
  });
});

it("a model that is roughly rounded, while its network learns, has codes for all that its network reads, and no more below silu's", async () => {
  const spec = { ...TINY, bound: 0.9 };
  const { card, weights } = randomModel(spec, 2, "fp32");
  const { convolutions } = quantizeRoughly({ card, weights }).weights;
  expect([...convolutions.keys()].sort()).toEqual([...quantizedPathsOf(spec)].sort());
  const rangeOf = (path: string): [number, number] => {
    const { scale, zeroPoint } = convolutions.get(path)!.input;
    return [-zeroPoint * scale, (MAX_CODE - zeroPoint) * scale];
  };
  for (const [path, { range }] of await rangesOf({ card, weights }, [0, 1, 2], "rough")) {
    const [low, high] = rangeOf(path);
    const half = (high - low) / MAX_CODE / 2;
    expect(range[0], path).toBeGreaterThan(low - 1.01 * half);
    expect(range[1], path).toBeLessThan(high + 1.01 * half);
  }
  for (const path of convolutions.keys()) expect(rangeOf(path)[0], path).toBeCloseTo(path.includes(".conv") ? -0.467 : -0.9, 1);
});
