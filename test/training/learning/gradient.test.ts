/** Gradients by halves of a batch: those of the whole batch, and the same bits wherever the halves are computed. */
import { afterAll, expect, it, vi } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import type { Backend } from "../../../training/backend/step.ts";
import { initialState } from "../../../training/learning/checkpoint.ts";
import { byHalves, layoutOf, networkGradient, toDevice, transferable } from "../../../training/learning/gradient.ts";
import { Optimizer } from "../../../training/learning/optimizer.ts";
import { PLAIN, RECIPE } from "../../../training/learning/recipe.ts";
import { constantsOf } from "../../../training/learning/trainer.ts";
import { trainingObjective, withGuide } from "../../../training/network/loss.ts";
import { initialParameters, toTensorLayout } from "../../../training/network/parameters.ts";
import { placeWeights } from "../../../training/network/score-network.ts";
import { secondThread } from "../../../training/run/second-thread.ts";
import { parametersOf } from "../../../wasm-model/network/count.ts";
import { relativeDifference, TINY } from "../../support/random-model.ts";
import { batch } from "../network/gaussian-data.ts";

const layout = layoutOf(parametersOf(TINY));
const initial = initialState(TINY, initialParameters(TINY, "gradient"));
const constants = constantsOf(initial);
const pretrained = initialParameters(TINY, "pretrained");
const guidance = { weight: 2, sigmaMax: 1, share: 1 };
const ROUNDED = { fakeQuantization: true, isGuided: false };
const settings = (steps: number) => ({ spec: TINY, recipe: { ...RECIPE, guidance }, steps });

/** Gains start at 0, at which most of the gradients are 0 too. */
function someWeights(): Float32Array {
  const optimizer = new Optimizer(layout);
  for (const [path, values] of layout.parts(optimizer.vector("weights"))) {
    const { kind, shape } = parametersOf(TINY).get(path)!;
    values.set(kind === "gain" ? [0.7] : toTensorLayout(initial.weights.get(path)!, shape));
  }
  optimizer.normalize(1e-4);
  return optimizer.vector("unit");
}

const unit = someWeights();
const backend = await chooseBackend("wasm");
const thisThread = networkGradient(backend, TINY, constants, guidance, pretrained).gradientOf;
const second = secondThread(backend, settings(1000), initial, pretrained);
afterAll(() => second?.stop());

it.each([2, 7, 8])("are those of the whole batch of %i images", async (count) => {
  const [whole, halves] = [await thisThread(unit, batch(count, 1), PLAIN), await byHalves(thisThread)(unit, batch(count, 1), PLAIN)];
  expect(halves.loss).toBeCloseTo(whole.loss, 5);
  expect(halves.objective).toBeCloseTo(whole.objective, 5);
  expect(relativeDifference(whole.gradient, halves.gradient)).toBeLessThan(1e-5);
});

it("are those of a batch of one image", async () => {
  expect(await byHalves(thisThread)(unit, batch(1, 1), PLAIN)).toEqual(await thisThread(unit, batch(1, 1), PLAIN));
});

it("are those by halves with the native backend, which computes both in one graph", async () => {
  const { gradient } = await networkGradient({ ...backend, name: "native" }, TINY, constants, guidance).gradientOf(
    unit,
    batch(8, 1),
    ROUNDED,
  );
  expect(relativeDifference((await byHalves(thisThread)(unit, batch(8, 1), ROUNDED)).gradient, gradient)).toBeLessThan(1e-5);
  // Maps are rounded over the range of their half.
  expect(relativeDifference((await thisThread(unit, batch(8, 1), ROUNDED)).gradient, gradient)).toBeGreaterThan(1e-3);
});

it("have the same bits in one thread and in two, also with guidance and with the rounding of an int8 model", async () => {
  expect(second).toBeDefined();
  for (const mode of [PLAIN, ROUNDED, { fakeQuantization: true, isGuided: true }]) {
    for (const step of [1, 2]) {
      const one = await byHalves(thisThread)(unit, batch(9, step), mode);
      expect(await byHalves(thisThread, second!.gradientOf)(unit, batch(9, step), mode)).toEqual(one);
      expect(one.gradient.some((value) => value !== 0)).toBe(true);
    }
  }
});

it("are guided by the pretrained network as it was trained: under its own sigmaData", async () => {
  const isGuided = { fakeQuantization: false, isGuided: true };
  const guidedBy = (of: typeof guidance & { sigmaData?: number }, spec = TINY) =>
    networkGradient(backend, spec, constants, of, pretrained).gradientOf(unit, batch(4, 1), isGuided);
  const { objective } = await guidedBy({ ...guidance, sigmaData: 0.9 });
  const { tf } = backend;
  const expected = tf.tidy(() => {
    const inputs = toDevice(tf, TINY, batch(4, 1));
    const guide = { tf, spec: { ...TINY, sigmaData: 0.9 }, weights: placeWeights(tf, TINY, pretrained) };
    const parts = layout.parts(unit);
    const weights = new Map(
      [...placeWeights(tf, TINY, initial.weights)].map(([path, tensor]) => [
        path,
        parts.has(path) ? tf.tensor(parts.get(path)!, tensor.shape) : tensor,
      ]),
    );
    return trainingObjective({ tf, spec: TINY, weights }, withGuide(guide, inputs, guidance)).objective.dataSync()[0];
  });
  expect(objective).toBeCloseTo(expected, 5);
  expect(Math.abs((await guidedBy(guidance)).objective - expected)).toBeGreaterThan(1e-3);
});

it("take only the weights along to another thread, not the optimizer's memory", () => {
  const [[weights], handedOver] = transferable([unit, batch(1, 1), PLAIN]);
  expect(weights).toEqual(unit);
  expect(handedOver).toEqual([weights.buffer]);
  expect(weights.buffer.byteLength).toBe(unit.byteLength);
});

it("are not computed by a thread for a short run or beside the native backend", () => {
  expect(secondThread(backend, settings(49), initial)).toBeUndefined();
  expect(secondThread({ name: "native" }, settings(1000), initial)).toBeUndefined();
});

it("free what the backend has prepared for them, once they are no longer needed", () => {
  const runs: { dispose(): void }[] = [];
  const counted: Pick<Backend, "tf" | "compile" | "name"> = {
    ...backend,
    compile(variables, compute) {
      const run = backend.compile(variables, compute);
      runs.push(run);
      vi.spyOn(run, "dispose");
      return run;
    },
  };
  networkGradient(counted, TINY, constants, guidance).dispose();
  expect(runs).toHaveLength(4);
  for (const { dispose } of runs) expect(dispose).toHaveBeenCalledTimes(1);
});
