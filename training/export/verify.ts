/** Measures how close an exported model is to the trained network; export.ts decides whether that is close enough. */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { Denoiser } from "../../wasm-model/model/model.ts";
import { decodeModel, encodeModel, type GraphProto, type NodeProto } from "../../wasm-model/model/onnx/file.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { quantizedPathsOf } from "../../wasm-model/network/count.ts";
import { draw, shownClasses } from "../network/draw.ts";
import { placeWeights, type Tf, tensorDenoiser } from "../network/score-network.ts";
import type { Observation } from "./calibrate.ts";

/** Width of the data range [-1, 1]. */
const DATA_RANGE = 2;

/**
 * Largest |onnxruntime - TensorFlow.js| of an fp32 model's results, over the inputs of its sampler for one image of
 * each class (at most MOST_CLASSES).
 */
export async function maxErrorAgainstTensorflow(tf: Tf, { card, weights }: ModelContents, denoiser: Denoiser): Promise<number> {
  const { spec } = card;
  const tensors = placeWeights(tf, spec, weights.floats);
  const tensorFlow = tensorDenoiser(tf, spec, tensors);
  let error = 0;
  const compare = async (x: Float32Array, sigma: number, labels: Float32Array): Promise<Float32Array> => {
    const result = await denoiser.denoise(x, sigma, labels);
    const values = tensorFlow(x, sigma, labels);
    error = values.reduce((max, value, i) => Math.max(max, Math.abs(value - result[i])), error);
    return result;
  };
  await draw(card, compare, { classes: shownClasses(card.labels.length), seed: "verify" });
  tf.dispose([...tensors.values()]);
  return error;
}

/**
 * Peak signal-to-noise ratio in dB over all pixels of two sets of images. Both have the same seeds, consecutive classes
 * and default sampling settings.
 */
export async function imagePsnr(card: ModelCard, a: Denoiser, b: Denoiser, images: number): Promise<number> {
  const batch = 20;
  let squares = 0;
  let pixels = 0;
  for (let first = 0; first < images; first += batch) {
    const classes = Array.from({ length: Math.min(batch, images - first) }, (_, i) => (first + i) % card.labels.length);
    const drawing = { classes, seed: `psnr/${first}` };
    const expected = await draw(card, (...input) => a.denoise(...input), drawing);
    const received = await draw(card, (...input) => b.denoise(...input), drawing);
    squares += squaredDifference(expected, received);
    pixels += expected.length;
  }
  return 10 * Math.log10(DATA_RANGE ** 2 / (squares / pixels));
}

/** An observation of a model file in onnxruntime, with what its quantized convolutions write as well. */
export interface FileTrace extends Observation {
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

export interface Probe {
  /** Like Denoiser's `denoise`, but only one call at a time. */
  observe(x: Float32Array, sigma: number, labels: Float32Array): Promise<FileTrace>;
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

export interface LayerError {
  readonly path: string;
  /** Real values of the codes 0 and 127 of the convolution's input. */
  readonly range: readonly [number, number];
  readonly zeroPoint: number;
  /**
   * Signal-to-noise ratios in dB, int8 against fp32: of the filters, and of the convolution's output if all layers
   * before are int8 too.
   */
  readonly filters: number;
  readonly output: number;
}

/**
 * The error of each quantized convolution, over the inputs of the fp32 model's sampler for one image of each class (at
 * most MOST_CLASSES).
 */
export async function layerErrors(fp32: ModelContents, int8: ModelContents): Promise<LayerError[]> {
  const { card } = fp32;
  const exact = await openProbe(fp32);
  const quantized = await openProbe(int8);
  const energies = new Map<string, { signal: number; noise: number }>();
  const observe = async (x: Float32Array, sigma: number, labels: Float32Array): Promise<Float32Array> => {
    const expected = await exact.observe(x, sigma, labels);
    const received = await quantized.observe(x, sigma, labels);
    for (const [path, values] of expected.outputs) {
      const energy = energies.get(path) ?? { signal: 0, noise: 0 };
      energy.signal += energyOf(values);
      energy.noise += squaredDifference(values, received.outputs.get(path) as Float32Array);
      energies.set(path, energy);
    }
    return expected.denoised;
  };
  await draw(card, observe, { classes: shownClasses(card.labels.length), seed: "layers" });
  await exact.dispose();
  await quantized.dispose();

  return [...int8.weights.convolutions].map(
    ([
      path,
      {
        weights,
        scales,
        input: { scale, zeroPoint },
      },
    ]) => {
      const filters = fp32.weights.floats.get(path) as Float32Array;
      const size = filters.length / scales.length;
      const real = Float32Array.from(weights, (w, i) => w * scales[Math.floor(i / size)]);
      const { signal, noise } = energies.get(path) as { signal: number; noise: number };
      return {
        path,
        range: [-zeroPoint * scale, (127 - zeroPoint) * scale],
        zeroPoint,
        filters: decibels(energyOf(filters), squaredDifference(filters, real)),
        output: decibels(signal, noise),
      };
    },
  );
}

const decibels = (signal: number, noise: number): number => 10 * Math.log10(signal / noise);
const energyOf = (values: Float32Array): number => values.reduce((sum, v) => sum + v * v, 0);
const squaredDifference = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0);
