import { describe, expect, it } from "vitest";
import { draw } from "../../../training/network/draw.ts";
import { placeWeights } from "../../../training/network/score-network.ts";
import { calibrate, observer, quantizeRoughly, trajectoriesOf } from "../../../training/quantize/calibrate.ts";
import { expectIn } from "../../../training/quantize/quantize.ts";
import { quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { MAX_CODE } from "../../../wasm-model/network/quantization.ts";
import { evaluations, scheduleOf } from "../../../wasm-model/sampling/index.ts";
import { MAX_EVALUATIONS, SAMPLERS, type SamplingSettings } from "../../../wasm-model/sampling/settings.ts";
import { onnxObserver } from "../../support/onnx-probe.ts";
import { cardOf, largestDifference, randomInput, randomModel, TINY } from "../../support/random-model.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

/** Its maps are clipped where they are larger. */
const spec = { ...TINY, bound: 2 };
const fp32 = randomModel(spec, 2, "fp32");
const card = cardOf(spec);

const tf = await wasmBackend();
const observe = observer(tf, spec, placeWeights(tf, spec, fp32.weights.floats));

it("calibrate records at least the range of each of its trajectories", async () => {
  const reads = await calibrate(card, observe, { imagesPerClass: 1 });
  let [low, high] = [0, 0];
  const watch = async (x: Float32Array, sigma: number, labels: Float32Array): Promise<Float32Array> => {
    const { denoised, inputs } = await observe(x, sigma, labels);
    for (const value of inputs.get("out") as Float32Array) [low, high] = [Math.min(low, value), Math.max(high, value)];
    return denoised;
  };
  await draw({ card, denoiser: { denoise: watch } }, { classes: [0, 1, 2, undefined], seed: "calibration/0/0" });
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

/** float32 sums in another order. */
const FP32_TOLERANCE = 1e-5;

it("the observer observes what onnxruntime reads", async () => {
  const { x, labels } = randomInput(spec, 2, 1, 3);
  const [{ inputs, denoised }, expected] = [await observe(x, 1, labels), await (await onnxObserver(fp32))(x, 1, labels)];
  expect([...inputs.keys()]).toEqual(quantizedPathsOf(spec));
  for (const [path, values] of expected.inputs) expect(largestDifference(inputs.get(path)!, values), path).toBeLessThan(FP32_TOLERANCE);
  expect(largestDifference(denoised, expected.denoised)).toBeLessThan(FP32_TOLERANCE);
});

it("a model that is roughly rounded, while its network learns, has codes for all that its network reads, and no more below silu's", async () => {
  const tf = await wasmBackend();
  const spec = { ...TINY, bound: 0.9 };
  const { card, weights } = randomModel(spec, 2, "fp32");
  const { convolutions } = quantizeRoughly({ card, weights }).weights;
  expect([...convolutions.keys()].sort()).toEqual([...quantizedPathsOf(spec)].sort());
  const rangeOf = (path: string): [number, number] => {
    const { scale, zeroPoint } = convolutions.get(path)!.input;
    return [-zeroPoint * scale, (MAX_CODE - zeroPoint) * scale];
  };
  const observe = observer(tf, spec, placeWeights(tf, spec, weights.floats));
  const look = async (...input: Parameters<typeof observe>): Promise<Float32Array> => {
    const { denoised, inputs } = await observe(...input);
    for (const [path, values] of inputs) {
      const [low, high] = rangeOf(path);
      const half = (high - low) / MAX_CODE / 2;
      expect(Math.min(...values), path).toBeGreaterThan(low - 1.01 * half);
      expect(Math.max(...values), path).toBeLessThan(high + 1.01 * half);
    }
    return denoised;
  };
  await draw({ card, denoiser: { denoise: look } }, { classes: [0, 1, 2], seed: "rough" });
  for (const path of convolutions.keys()) expect(rangeOf(path)[0], path).toBeCloseTo(path.includes(".conv") ? -0.467 : -0.9, 1);
});
