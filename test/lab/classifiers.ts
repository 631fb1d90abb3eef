/**
 * The classifiers of data sets' images: small magnitude-preserving residual networks, made of the score network's operations. The
 * vector before the last layer, an image's *features*, measures distances between sets of images. N images, in batches of B, of
 * H x W pixels, C channels, K classes, F features.
 *
 * Their files in judges/ are int8 filters of a few hundred kilobytes. The network itself scales each filter to unit norm, so the
 * codes need no scale: the largest weight of each filter is +-127. A *judging* one was in no choice of schedule or checkpoint of a
 * shipped model, so that nothing can exploit its weaknesses; the *tuning* one of photographs chose the schedule of own models.
 */
import { join } from "node:path";
import type * as TF from "@tensorflow/tfjs";
import { readRegularFile } from "../../training/cli/files.ts";
import { UserError } from "../../training/cli/user-error.ts";
import type { Dataset } from "../../training/data/dataset.ts";
import { decodeSafetensors, type NamedTensor } from "../../training/learning/safetensors.ts";
import { type Tf, tensorOps, type WeightTensors } from "../../training/network/score-network.ts";
import { unitRange } from "../../training/network/split.ts";
import type { Ops } from "../../wasm-model/network/ops.ts";

/** What a network computes with. */
interface Tools {
  readonly tf: Tf;
  readonly ops: Ops<TF.Tensor>;
  /** The gain, bias or layer with that path. */
  parameter(path: string): TF.Tensor;
  conv(path: string, x: TF.Tensor): TF.Tensor;
}

/** Levels below the full size of the image, each half as wide. */
const LEVELS = [0, 1, 2];

/** images [B, H, W, C] in [-1, 1] -> features [B, F]. */
const NETWORKS = {
  /**
   * Begins at the full size of the image and keeps the strongest responses, wherever they are: for photographs (after Jordan 2024,
   * "94% on CIFAR-10 in 3.29 seconds").
   */
  large({ tf, ops, parameter, conv }: Tools, images: TF.Tensor): TF.Tensor {
    let x = conv("stem", ops.appendOne(images));
    for (const level of LEVELS) {
      x = tf.maxPool(conv(`${level}.in`, ops.silu(x)) as TF.Tensor4D, 2, 2, "valid");
      x = ops.mpSum(x, conv(`${level}.0`, ops.silu(x)), 0.5);
    }
    return ops.silu(tf.matMul(tf.max(ops.silu(x), [1, 2]), parameter("hidden")));
  },

  /**
   * The judging network: a residual network with two convolutions a block (He et al. 2016, "Identity mappings in deep residual
   * networks") and ten layers. Its maps are normalized over the whole image (layer normalization, Ba et al. 2016). Squares of 2 x 2
   * pixels become channels instead of being pooled. The features are the mean over all positions.
   */
  deep({ tf, ops, parameter, conv }: Tools, images: TF.Tensor): TF.Tensor {
    const active = (path: string, x: TF.Tensor): TF.Tensor => normalizedRelu(tf, x, parameter(`${path}.gain`), parameter(`${path}.bias`));
    let x = tf.relu(conv("stem", ops.appendOne(images)));
    for (const level of LEVELS) {
      x = conv(`${level}.in`, ops.spaceToDepth(even(tf, x)));
      const inner = conv(`${level}.0`, active(`${level}.0`, x));
      x = ops.add(x, conv(`${level}.1`, active(`${level}.1`, inner)));
    }
    return tf.mean(active("end", x), [1, 2]);
  },
};
type NetworkName = keyof typeof NETWORKS;

/** Pads with zeros below and to the right until height and width are even. */
function even(tf: Tf, x: TF.Tensor): TF.Tensor {
  const [, height, width] = x.shape as [number, number, number, number];
  return height % 2 === 0 && width % 2 === 0 ? x : tf.pad(x, [[0, 0], [0, height % 2], [0, width % 2], [0, 0]]); // biome-ignore format: pairs
}

const TINY = 1e-6;

/** relu(gain n + bias) with n = (x - mean) / std over an image's whole map, gain and bias for each channel. */
function normalizedRelu(tf: Tf, x: TF.Tensor, gain: TF.Tensor, bias: TF.Tensor): TF.Tensor {
  const { mean, variance } = tf.moments(x, [1, 2, 3], true);
  const n = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, TINY)));
  return tf.relu(tf.add(tf.mul(n, gain), bias));
}

type Classified = Pick<Dataset, "height" | "width" | "channels" | "labels">;

export interface Classifier {
  readonly network: NetworkName;
  /** Of the images that it classifies. */
  readonly data: Classified;
  /** By path, in tfjs' layout: filters [k, k, inputs, outputs], linear layers [inputs, outputs], gains and biases [channels] or []. */
  readonly weights: ReadonlyMap<string, NamedTensor<Float32Array | Int8Array>>;
  /** Share of the test images that it classifies correctly. */
  readonly testAccuracy: number;
}

/** The classifier for a data set in a file. Throws a UserError if it does not fit. */
export function readClassifier(data: Classified & Pick<Dataset, "name">, path: string): Classifier {
  try {
    const { tensors, metadata } = decodeSafetensors(readRegularFile(path), ["F32", "I8"]);
    const { testAccuracy, network } = metadata;
    if (!Object.hasOwn(NETWORKS, network)) throw new Error(`its network ${network} is unknown`);
    const [channels, classes] = [(tensors.get("stem")?.shape[2] ?? 0) - 1, tensors.get("out")?.shape[1]];
    if (channels !== data.channels || classes !== data.labels.length)
      throw new Error(`it is one of ${classes} classes of images of ${channels} channels`);
    return { network: network as NetworkName, data, weights: tensors, testAccuracy: Number(testAccuracy) };
  } catch (error) {
    throw new UserError(`Expected a classifier of ${data.name} at \`${path}\` but ${(error as Error).message}`);
  }
}

export const classifierPath = (data: string, purpose: "tuning" | "judging"): string =>
  join(import.meta.dirname, "judges", purpose, `${data}.safetensors`);

/** F. */
export const featureCount = ({ weights }: Pick<Classifier, "weights">): number => weights.get("out")!.shape[0];

const BATCH = 250;

export interface Classification {
  /** [N, F]. */
  readonly features: Float32Array;
  /** Probabilities of the classes, [N, K]. */
  readonly probabilities: Float32Array;
}

/** images: [N, H, W, C]. */
export function classify(tf: Tf, classifier: Omit<Classifier, "testAccuracy">, images: Uint8Array): Classification {
  const { height, width, channels, labels } = classifier.data;
  const size = height * width * channels;
  const count = images.length / size;
  const length = featureCount(classifier);
  const features = new Float32Array(count * length);
  const probabilities = new Float32Array(count * labels.length);
  const weights: WeightTensors = new Map([...classifier.weights].map(([path, { shape, values }]) => [path, placed(tf, shape, values)]));
  const ops = tensorOps(tf, weights);
  const parameter = (path: string): TF.Tensor => weights.get(path)!;
  const conv = (path: string, x: TF.Tensor): TF.Tensor => tf.conv2d(x as TF.Tensor4D, parameter(path) as TF.Tensor4D, 1, "same");
  for (let start = 0; start < count; start += BATCH) {
    const end = Math.min(start + BATCH, count);
    const [batchFeatures, batchProbabilities] = tf.tidy(() => {
      const batch = tf.tensor(unitRange(images.subarray(start * size, end * size)), [end - start, height, width, channels]);
      const read = NETWORKS[classifier.network]({ tf, ops, parameter, conv }, batch);
      return [read, tf.softmax(ops.gain(tf.matMul(read, parameter("out")), "out.gain"))];
    }) as [TF.Tensor, TF.Tensor];
    features.set(batchFeatures.dataSync(), start * length);
    probabilities.set(batchProbabilities.dataSync(), start * labels.length);
    tf.dispose([batchFeatures, batchProbabilities]);
  }
  tf.dispose([...weights.values()]);
  return { features, probabilities };
}

/** A parameter on the device; filters, over the last axis, at unit norm. */
function placed(tf: Tf, shape: readonly number[], values: Float32Array | Int8Array): TF.Tensor {
  return tf.tidy(() => {
    const tensor = tf.tensor(Float32Array.from(values), [...shape]);
    if (shape.length < 2) return tensor;
    const axes = shape.map((_, axis) => axis).slice(0, -1);
    return tf.div(tensor, tf.sqrt(tf.sum(tf.square(tensor), axes, true)));
  });
}

/** Index of the likeliest class of each image. */
export function predictions(probabilities: Float32Array, classes: number): Uint16Array {
  return Uint16Array.from({ length: probabilities.length / classes }, (_, i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
}

/** Share of the images whose likeliest class is the expected one. */
export function accuracy(predicted: ArrayLike<number>, expected: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < predicted.length; i++) if (predicted[i] === expected[i]) right++;
  return right / predicted.length;
}
