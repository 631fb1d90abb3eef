/**
 * Calibrates a network: records ranges and moments of its maps on its own samplers' trajectories, so no data set is
 * needed. The full range is used: clipping outliers, which carry information, costs more than coarser codes.
 */

import { decodeModel, encodeModel, type GraphProto, type NodeProto } from "../../wasm-model/model/onnx/file.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { parametersOf, quantizedPathsOf } from "../../wasm-model/network/count.ts";
import { evaluations, onGrid } from "../../wasm-model/sampling/index.ts";
import { seedState } from "../../wasm-model/sampling/random.ts";
import { MAX_EVALUATIONS, type SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { draw, shownClasses } from "../network/draw.ts";
import { PatchMoments } from "./moments.ts";
import { expectIn, type Range, type Reads } from "./quantize.ts";

/** The evaluation of a model in onnxruntime that also records what each quantized convolution reads and writes. */
export interface NetworkTrace {
  readonly denoised: Float32Array;
  /** By convolution path. */
  readonly inputs: ReadonlyMap<string, Float32Array>;
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

export interface Probe {
  /** Like Denoiser's `denoise`, but only one call at a time. */
  observe(x: Float32Array, sigma: number, labels: Float32Array): Promise<NetworkTrace>;
  dispose(): Promise<void>;
}

export async function openProbe(model: ModelContents): Promise<Probe> {
  const { spec } = model.card;
  const paths = quantizedPathsOf(spec);
  const proto = decodeModel(writeModel(model));
  const graph = proto.graph as GraphProto;
  const convolutions = new Map(paths.map((path) => [path, graph.node.find(({ name }) => name === `${path}.output`) as NodeProto]));
  const watched = new Set([...convolutions.values()].flatMap(({ input, output }) => [input[0], output[0]]));
  for (const name of watched) graph.output.push({ name });

  const ort = await import("onnxruntime-web/wasm"); // a large package that few commands need
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(encodeModel(proto));
  return {
    async observe(x, sigma, labels) {
      const batch = labels.length / spec.classes;
      const results = await session.run({
        x: new ort.Tensor("float32", x, [batch, spec.channels, spec.height, spec.width]),
        sigma: new ort.Tensor("float32", new Float32Array(batch).fill(sigma), [batch]),
        class: new ort.Tensor("float32", labels, [batch, spec.classes]),
      });
      const valuesOf = (name: string): Float32Array => results[name].data as Float32Array;
      return {
        denoised: valuesOf("denoised"),
        inputs: new Map([...convolutions].map(([path, { input }]) => [path, valuesOf(input[0])])),
        outputs: new Map([...convolutions].map(([path, { output }]) => [path, valuesOf(output[0])])),
      };
    },
    dispose: () => session.release(),
  };
}

export interface Calibration {
  /** Images of each class (at most MOST_CLASSES), and as many unconditional ones, per trajectory. */
  readonly imagesPerClass: number;
  /** Called after every batch of images. */
  readonly onProgress?: (images: number, total: number) => void;
}

/** What an fp32 model's quantized convolutions read while it draws images, by path. */
export async function calibrate(
  { card, weights }: ModelContents,
  { imagesPerClass, onProgress }: Calibration,
): Promise<ReadonlyMap<string, Reads>> {
  const ranges = new Map<string, Range>();
  const parameters = parametersOf(card.spec);
  const moments = new Map(quantizedPathsOf(card.spec).map((path) => [path, new PatchMoments(card.spec, expectIn(parameters, path))]));
  const places = seedState("calibration/patches");
  let call = 0;
  const probe = await openProbe({ card, weights });
  const classes = [...shownClasses(card.labels.length), undefined];
  const trajectories = trajectoriesOf(card.sampling);
  const total = trajectories.length * imagesPerClass * classes.length;
  let images = 0;
  for (const [t, sampling] of trajectories.entries()) {
    for (let i = 0; i < imagesPerClass; i++) {
      const observe = async (x: Float32Array, sigma: number, labels: Float32Array): Promise<Float32Array> => {
        const observation = await probe.observe(x, sigma, labels);
        widen(ranges, observation.inputs);
        for (const [path, patches] of moments)
          patches.add(expectIn(observation.inputs, path), labels.length / card.spec.classes, places, call++);
        return observation.denoised;
      };
      await draw({ ...card, sampling }, observe, { classes, seed: `calibration/${t}/${i}` });
      images += classes.length;
      onProgress?.(images, total);
    }
  }
  await probe.dispose();
  return new Map([...ranges].map(([path, range]) => [path, { range, moments: expectIn(moments, path).sum }]));
}

/**
 * The model's default sampler at few and at many noise levels (three times as many, or the most that one image may cost), and the probability flow,
 * which stays closest to the data. Together they cover all noise levels from sigmaMax to sigmaMin.
 */
function trajectoriesOf(sampling: SamplingSettings): SamplingSettings[] {
  const { sampler, steps } = sampling;
  const affordable = Math.floor(MAX_EVALUATIONS / evaluations(sampler, 1, sampling));
  return [
    sampling,
    { ...sampling, steps: Math.min(3 * steps, affordable) },
    { ...onGrid(sampling, { churn: 0, extrapolation: 1 }), sampler: "langevin", steps: 3 * steps },
  ];
}

function widen(ranges: Map<string, Range>, maps: ReadonlyMap<string, Float32Array>): void {
  for (const [path, values] of maps) {
    let [min, max] = ranges.get(path) ?? [0, 0];
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    ranges.set(path, [min, max]);
  }
}
