/**
 * The Fréchet distance as a loss (Yang et al. 2026, "Representation Fréchet Loss for Visual Generation", arXiv
 * 2604.28190): its moments are running averages over a large population, its gradient comes from the batch. For F
 * features f of a generated image, with mean m and covariance C over generated images and m_r, C_r over real ones:
 *
 *   d FD / d m = 2 (m - m_r),   d FD / d C = I - C_r^(1/2) (C_r^(1/2) C C_r^(1/2))^(-1/2) C_r^(1/2) =: G,
 *
 * So the mean over the batch of 2 (m - m_r) f + (f - m)' G (f - m), with m and G held fixed, has the distance's
 * gradient. The squared distance between the generated and the real mean of each class is added, with a weight.
 */
import type * as TF from "@tensorflow/tfjs";
import { Matrix } from "ml-matrix";
import { frechetDistance, spectral, squareRoot, symmetric } from "../measure/frechet.ts";
import type { Tf } from "../network/score-network.ts";
import type { FeatureSpace, RealMoments } from "./features.ts";

/** Running moments of generated images. */
export interface Population {
  /** How many images count, at most the window. */
  count: number;
  /** [F]. */
  readonly mean: Float64Array;
  /** Mean of f f', [F, F]. */
  readonly square: Float64Array;
  /** By class. */
  readonly classCounts: Float64Array;
  /** [K, F]. */
  readonly classMeans: Float64Array;
}

export const emptyPopulation = (features: number, classes: number): Population => ({
  count: 0,
  mean: new Float64Array(features),
  square: new Float64Array(features * features),
  classCounts: new Float64Array(classes),
  classMeans: new Float64Array(classes * features),
});

/** Adds a batch of features [B, F] with their classes. Earlier images fade, so that about `window` images count. */
export function admit(population: Population, features: Float32Array, classes: ArrayLike<number>, window: number): void {
  const { mean, square, classCounts, classMeans } = population;
  const size = mean.length;
  const batch = classes.length;
  population.count = Math.min(population.count, window - batch) + batch;
  const share = 1 / population.count;
  const fade = 1 - batch * share;
  for (let i = 0; i < mean.length; i++) mean[i] *= fade;
  for (let i = 0; i < square.length; i++) square[i] *= fade;
  for (let b = 0; b < batch; b++) {
    const row = features.subarray(b * size, (b + 1) * size);
    const k = classes[b];
    classCounts[k] = Math.min(classCounts[k], window / classCounts.length - 1) + 1;
    for (let i = 0; i < size; i++) {
      mean[i] += share * row[i];
      classMeans[k * size + i] += (row[i] - classMeans[k * size + i]) / classCounts[k];
      const scaled = share * row[i];
      for (let j = i; j < size; j++) square[i * size + j] += scaled * row[j];
    }
  }
}

export const covarianceOf = ({ mean, square }: Population): Matrix =>
  symmetric(mean.length, (i, j) => square[i * mean.length + j] - mean[i] * mean[j]);

/** Smaller eigenvalues are raised to this share of the largest one. */
const SMALLEST = 1e-7;

/** G at the covariance C, given C_r^(1/2). */
export function covarianceGradient(realRoot: Matrix, covariance: Matrix): Matrix {
  const inverse = spectral(
    realRoot.mmul(covariance).mmul(realRoot),
    (value, largest) => 1 / Math.sqrt(Math.max(value, SMALLEST * largest)),
  );
  return Matrix.sub(Matrix.eye(covariance.rows), realRoot.mmul(inverse).mmul(realRoot));
}

/** One part of the feature space. */
interface FrechetPart {
  readonly real: RealMoments;
  readonly realRoot: Matrix;
  readonly population: Population;
}

const distanceOf = ({ real, population }: FrechetPart): number =>
  frechetDistance({ mean: population.mean, covariance: covarianceOf(population) }, real);

export class FrechetLoss {
  readonly populations: readonly Population[];
  private readonly tf: Tf;
  private readonly space: FeatureSpace;
  private readonly parts: readonly FrechetPart[];
  private readonly window: number;
  private readonly classWeight: number;

  /** `window`: how many images the running populations hold. */
  constructor(
    tf: Tf,
    space: FeatureSpace,
    real: readonly RealMoments[],
    populations: readonly Population[],
    { window, classWeight }: { readonly window: number; readonly classWeight: number },
  ) {
    this.tf = tf;
    this.space = space;
    this.populations = populations;
    this.parts = real.map((one, p) => ({
      real: one,
      realRoot: spectral(one.covariance, squareRoot),
      population: populations[p],
    }));
    this.window = window;
    this.classWeight = classWeight;
  }

  /** FD of the running populations, for each part. */
  get distances(): number[] {
    return this.parts.map(distanceOf);
  }

  /** Adds images to the populations without a gradient, before the first step. */
  admit(images: TF.Tensor, classes: ArrayLike<number>, stream: string): void {
    const features = this.tf.tidy(() => this.space.features(images, stream));
    for (const [p, one] of features.entries()) admit(this.populations[p], one.dataSync() as Float32Array, classes, this.window);
    this.tf.dispose(features);
  }

  /**
   * A scalar with the gradient of the mean over the parts of distance / scale, at finished images [B, H, W, C]. Also
   * adds the images to the populations.
   */
  objective(images: TF.Tensor, classes: ArrayLike<number>, stream: string, scales: readonly number[]): TF.Scalar {
    const { tf, parts } = this;
    const terms = this.space
      .features(images, stream)
      .map((features, p) => tf.div(this.term(features, classes, parts[p]), scales[p] * parts.length));
    return terms.reduce((sum, term) => tf.add(sum, term)) as TF.Scalar;
  }

  private term(features: TF.Tensor2D, classes: ArrayLike<number>, { real, realRoot, population }: FrechetPart): TF.Tensor {
    const { tf, classWeight } = this;
    admit(population, features.dataSync() as Float32Array, classes, this.window);
    const size = real.mean.length;
    const shift = Float32Array.from(population.mean, (m, i) => 2 * (m - real.mean[i]));
    const pull = new Float32Array(classes.length * size); // [B, F]: gradients by the mean and by the class mean
    for (let b = 0; b < classes.length; b++) {
      for (let i = 0; i < size; i++) {
        const at = classes[b] * size + i;
        pull[b * size + i] = shift[i] + 2 * classWeight * (population.classMeans[at] - real.classMeans[at]);
      }
    }
    const gradient = tf.tensor2d(Float32Array.from(covarianceGradient(realRoot, covarianceOf(population)).to1DArray()), [size, size]);
    const centred = tf.sub(features, tf.tensor1d(Float32Array.from(population.mean)));
    const linear = tf.sum(tf.mul(features, tf.tensor2d(pull, [classes.length, size])), 1);
    const quadratic = tf.sum(tf.mul(tf.matMul(centred as TF.Tensor2D, gradient), centred), 1);
    return tf.mean(tf.add(linear, quadratic));
  }
}
