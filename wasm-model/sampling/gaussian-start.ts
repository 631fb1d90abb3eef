/**
 * A start that knows more than noise does. At high noise levels a network knows no more of an image than a Gaussian
 * would (Wang & Vastola 2024, "The unreasonable effectiveness of Gaussian score approximation for diffusion models and
 * its applications"). So the Gaussian of the training images replaces the levels above the first one, and all
 * evaluations are spent on lower levels. It describes the mean colours of S x S squares, which is all that noise does
 * not hide there. Its mean is also what a network would guess under infinite noise. So the first guess can be
 * extrapolated from it, as later guesses are from earlier ones (`langevin`).
 */
import type { NetworkSpec } from "../network/spec.ts";
import { noiseAround } from "./noise.ts";
import type { Batch, Noise } from "./sampler.ts";
import type { Start } from "./settings.ts";

type StartShape = Pick<NetworkSpec, "height" | "width" | "channels" | "classes">;

/** The draw of the Gaussian's numbers. */
export const START_DRAW = 0xfffffffe;

/** F, the numbers of the Gaussian: S x S squares of C channels. */
export const startNumbers = ({ squares }: Pick<Start, "squares">, { channels }: Pick<StartShape, "channels">) =>
  channels * squares * squares;

/** Index of the square, of S in a row or column, that contains pixel `at` of `size`. */
export const squareAt = (at: number, size: number, squares: number): number => Math.floor((at * squares) / size);

/**
 * The image [C, H, W] whose squares are m_k + spread L z, z being F standard Gaussians. m_k is the mean of the class
 * whose share of `label` [K] is 1. A mixture of classes has the mixture of their means; no class has the mean over all.
 */
export function startImage(start: Start, spec: StartShape, label: Float32Array, z: Float32Array): Float32Array {
  const { squares, spread, means, factor } = start;
  const { height, width, channels, classes } = spec;
  const shares = label.every((share) => share === 0) ? label.map(() => 1 / classes) : label;
  const values = Float64Array.from(z, (_, f) => {
    let value = 0;
    for (let k = 0; k < classes; k++) value += shares[k] * means[k][f];
    const row = (f * (f + 1)) / 2;
    for (let g = 0; g <= f; g++) value += spread * factor[row + g] * z[g];
    return value;
  });
  const image = new Float32Array(channels * height * width);
  for (let c = 0, i = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const row = (c * squares + squareAt(y, height, squares)) * squares;
      for (let x = 0; x < width; x++, i++) image[i] = values[row + squareAt(x, width, squares)];
    }
  }
  return image;
}

/**
 * The noise of images that start from a Gaussian, and the images expected before the first evaluation. `labels` [B, K]:
 * their classes. `untempered` draws the Gaussian's numbers.
 */
export function startNoise(
  start: Start,
  spec: StartShape,
  labels: Float32Array,
  sigma: number,
  noise: Noise,
  untempered: Noise,
): Required<Pick<Batch, "noise" | "expected">> {
  const z = new Float32Array(startNumbers(start, spec));
  const at = (image: number): Float32Array => startImage(start, spec, labels.subarray(image * spec.classes, (image + 1) * spec.classes), z);
  const drawn = (image: number): Float32Array => {
    untempered(image, START_DRAW, z);
    return at(image);
  };
  const images = labels.length / spec.classes;
  const size = spec.channels * spec.height * spec.width;
  const expected = new Float32Array(images * size);
  for (let image = 0; image < images; image++) expected.set(at(image), image * size); // z is still zero
  return { noise: noiseAround(drawn, sigma, noise), expected };
}
