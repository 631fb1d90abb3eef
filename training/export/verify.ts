/** Measures how close an exported model is to the trained network; export.ts decides whether that is close enough. */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { Denoiser } from "../../wasm-model/model/model.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { draw, shownClasses } from "../network/draw.ts";
import { placeWeights, type Tf, tensorDenoiser } from "../network/score-network.ts";

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

const squaredDifference = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0);
