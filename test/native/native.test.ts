/** The native backend, built by `npx anneal setup-native`; a missing library is a failure here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as TF from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { bfloat16Convolutions } from "../../training/backend/bfloat16.ts";
import { graph } from "../../training/backend/graph.ts";
import { chooseBackend } from "../../training/backend/index.ts";
import { cacheFolder, LIBRARY } from "../../training/backend/library.ts";
import { type Backend, type Computation, eager } from "../../training/backend/step.ts";
import { initialState } from "../../training/learning/checkpoint.ts";
import { RECIPE } from "../../training/learning/recipe.ts";
import { Trainer } from "../../training/learning/trainer.ts";
import { trainingObjective } from "../../training/network/loss.ts";
import { initialParameters } from "../../training/network/parameters.ts";
import { placeWeights, tensorDenoiser } from "../../training/network/score-network.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { temporaryFolder } from "../support/files.ts";
import { oracleDenoiser } from "../support/oracle.ts";
import { largestDifference, randomInput, randomModel, TINY } from "../support/random-model.ts";
import { batch } from "../training/network/gaussian-data.ts";
import { killedAtRandom } from "../verify/kills.ts";

const folder = temporaryFolder("native");

const tf = (await chooseBackend("native")).tf;

describe("the native backend", () => {
  it("is chosen by default, and nothing of it lies in the project, where npm would remove it", async () => {
    expect((await chooseBackend("auto")).name).toBe("native");
    const libraries = readFileSync("/proc/self/maps", "utf8").match(/\S*(tfjs_binding|libtensorflow)\S*/g);
    expect(libraries).not.toBeNull();
    for (const path of libraries!) expect(path).toContain(join(cacheFolder(), LIBRARY));
  });

  it("equals onnxruntime", async () => {
    const { weights } = randomModel(TINY, 1, "fp32");
    const oracle = await oracleDenoiser(TINY, weights);
    const tensors = placeWeights(tf, TINY, weights.floats);
    for (const sigma of [0.02, 0.5, 20]) {
      const { x, labels } = randomInput(TINY, 3, sigma, 7);
      const expected = await oracle.denoise(x, sigma, labels);
      const received = tensorDenoiser(tf, TINY, tensors)(x, sigma, labels);
      // float32 sums in another order, on values of the size of sigma.
      expect(largestDifference(received, expected)).toBeLessThan(1e-5 * Math.max(1, sigma));
    }
    tf.dispose([...tensors.values()]);
  });

  it("has the gradients of the wasm backend", async () => {
    const native = gradients(TINY);
    await chooseBackend("wasm");
    const wasm = gradients(TINY);
    await tf.setBackend("tensorflow");
    for (const [path, values] of Object.entries(native)) {
      const largest = Math.max(...values.map(Math.abs));
      const error = Math.max(...values.map((value, i) => Math.abs(value - wasm[path][i])));
      // float32 sums of some thousand terms in different orders.
      expect(error, path).toBeLessThanOrEqual(1e-4 * largest);
    }
  });

  it("convolves in bfloat16 only when told to, gradients included", async () => {
    const reduced = bfloat16Convolutions(tf);
    // Without a bound, which would let a gradient pass on one side and not on the other.
    const { bound: _, ...spec } = TINY;
    const exact = gradients(spec);
    const rounded = reduced(() => gradients(spec));
    expect(gradients(spec)).toEqual(exact);
    const errors = Object.entries(exact).map(([path, values]) => {
      const error = values.reduce((sum, value, i) => sum + (value - rounded[path][i]) ** 2, 0);
      return Math.sqrt(error / values.reduce((sum, value) => sum + value ** 2, 0));
    });
    // 8 significant bits, 2^-9 from each of the factors of some twenty layers one after the other.
    expect(Math.max(...errors)).toBeLessThan(0.03);
    expect(Math.max(...errors)).toBeGreaterThan(1e-4);
  });

  describe("a computation as a graph", () => {
    it("equals the same one run eagerly, also at its first call and after a change of its variables, and leaves no tensor behind", () => {
      const w = tf.variable(tf.tensor1d([0.5, -0.25, 2]));
      const compute: Computation = ({ x, rate }) => [tf.sum(tf.square(tf.mul(w, x!))), tf.mul(tf.mul(w, tf.square(x!)), rate!)];
      const [inGraph, eagerly] = [graph(tf, [w], compute), eager(tf, compute)];
      let before = Number.NaN;
      for (let t = 0; t < 5; t++) {
        if (t === 1) before = tf.memory().numTensors;
        const inputs = { x: tf.tensor1d([Math.sin(t), 1, -0.5 * t]), rate: tf.scalar(0.1 / (t + 1)) };
        const [received, expected] = [inGraph(inputs), eagerly(inputs)];
        expect(received.map((values) => [...values])).toEqual(
          expected.map((values) => [...values].map((value) => expect.closeTo(value, 6))),
        );
        tf.tidy(() => w.assign(tf.tensor1d([t, 1, 0.5])));
        tf.dispose(inputs);
      }
      expect(tf.memory().numTensors).toBe(before);
    });

    it("may have constants among its results", () => {
      const w = tf.variable(tf.scalar(3));
      const run = graph(tf, [w], () => [tf.add(w, 1), tf.zeros([2])]);
      for (let k = 0; k < 2; k++) expect(run({}).map((values) => [...values])).toEqual([[4], [0, 0]]);
    });

    it("refuses one that reads anything but inputs and variables", () => {
      const other = tf.add(tf.scalar(1), 1);
      const w = tf.variable(tf.scalar(1));
      const run = graph(tf, [w], () => [tf.mul(w, other)]);
      expect(() => run({})).toThrow("Expected a step that reads only its inputs and variables but it reads another tensor");
    });
  });

  it("learns guidance in a graph as it does eagerly", async () => {
    const losses = async (compile: Backend["compile"], weight: number): Promise<number[]> => {
      const start = initialState(TINY, new Map([...initialParameters(TINY, "seed"), ...randomModel(TINY, 3, "fp32").weights.floats]));
      const recipe = { ...RECIPE, guidance: { weight, sigmaMax: 5, share: 1 } };
      const pretrained = new Map(randomModel(TINY, 4, "fp32").weights.floats);
      const trainer = new Trainer({ tf, compile, name: "native" }, { spec: TINY, recipe }, start, { pretrained });
      const received: number[] = [];
      for (const step of [1, 2, 3]) received.push(await trainer.advance(batch(8, step), 1e-3, { fakeQuantization: true, isGuided: true }));
      trainer.dispose();
      return received;
    };
    const inGraph: Backend["compile"] = (variables, compute) => graph(tf, variables, compute);
    const eagerly = await losses((_, compute) => eager(tf, compute), 5);
    expect(await losses(inGraph, 5)).toEqual(eagerly.map((loss) => expect.closeTo(loss, 5)));
    expect(await losses(inGraph, 1)).not.toEqual(eagerly.map((loss) => expect.closeTo(loss, 5)));
  });

  it("continues after kill -9 as if it had never stopped", async () => {
    expect(await killedAtRandom("native", join(folder, "resume"), 3)).toBeUndefined();
  });
});

/** Gradients of the training objective by parameter path, from fixed inputs. */
function gradients(spec: NetworkSpec): Record<string, number[]> {
  const parameters = placeWeights(tf, spec, new Map([...randomModel(spec, 1, "fp32").weights.floats, ...head()]));
  const variables = new Map(
    [...parameters].filter(([path]) => !path.startsWith("fourier.")).map(([path, value]) => [path, tf.variable(value)]),
  );
  const { x, labels } = randomInput(spec, 4, 1, 3);
  const images = [4, spec.height, spec.width, 1];
  const batch = {
    clean: tf.tensor(x, images),
    noise: tf.tensor(x, images),
    sigma: tf.fill([4, 1], 0.7),
    label: tf.tensor(labels, [4, spec.classes]),
  };
  const { grads } = tf.variableGrads(
    () => trainingObjective({ tf, spec, weights: new Map<string, TF.Tensor>([...parameters, ...variables]) }, batch).objective,
    [...variables.values()],
  );
  return Object.fromEntries([...variables].map(([path, { name }]) => [path, Array.from(grads[name].dataSync())]));
}

/** The loss head, which exported models lack. */
const head = (): Map<string, Float32Array> =>
  new Map([
    ["logVariance", new Float32Array(16).fill(0.25)],
    ["logVariance.gain", Float32Array.of(0.5)],
  ]);
