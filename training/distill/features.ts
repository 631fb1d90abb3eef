/**
 * The features in which a student's images are compared with training images while it learns. None come from the
 * classifier that evaluates the student. B images of H x W pixels and C channels.
 */
import type * as TF from "@tensorflow/tfjs";
import type { Matrix } from "ml-matrix";
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { scoreNetwork } from "../../wasm-model/network/network.ts";
import { progress } from "../cli/progress.ts";
import { unitRange } from "../data/batches.ts";
import type { Split } from "../data/dataset.ts";
import { classifierShapes, featureCount, featuresOf } from "../measure/classifiers/classifier.ts";
import type { Classifier } from "../measure/classifiers/file.ts";
import { momentsOf } from "../measure/frechet.ts";
import { placeWeights, type Tf, tensorOps } from "../network/score-network.ts";
import { normals, randomNumbers } from "./trajectory.ts";

export interface FeatureSpace {
  /** Lengths F_p of its parts. Each part has its own distance. */
  readonly sizes: readonly number[];
  /**
   * images [B, H, W, C] -> [B, F_p] of each part. Values beyond the data range are clipped, as in an image's bytes.
   * `stream` names the random stream of any added noise.
   */
  features(images: TF.Tensor, stream: string): TF.Tensor2D[];
}

export interface RealMoments {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  /** [K, F]. */
  readonly classMeans: Float64Array;
}

/** All parts of several spaces. */
export const jointSpace = (spaces: readonly FeatureSpace[]): FeatureSpace => ({
  sizes: spaces.flatMap(({ sizes }) => sizes),
  features: (images, stream) => spaces.flatMap((space) => space.features(images, stream)),
});

const PROJECTIONS = 96;

/** A random matrix [places, PROJECTIONS], scaled for sparse maps. */
function projection(tf: Tf, places: number, name: string): TF.Tensor2D {
  return tf.mul(normals(tf, `distill/projections/${name}`, [places, PROJECTIONS]), 2 / Math.sqrt(places)) as TF.Tensor2D;
}

/** Images clipped as in bytes, plus noise of one level or of a level [B, 1, 1, 1] for each. */
function underNoise(tf: Tf, images: TF.Tensor, stream: string, sigma: number | TF.Tensor): TF.Tensor {
  return tf.add(tf.clipByValue(images, -1, 1), tf.mul(normals(tf, stream, images.shape), sigma));
}

type Framed = Pick<ModelCard, "spec" | "crop">;

/** The part of the network's images [B, H, W, C] that the card's crop keeps. */
function within(tf: Tf, images: TF.Tensor, card: Framed): TF.Tensor4D {
  const { height, width, channels } = nativeShape(card);
  const { top, left } = card.crop ?? { top: 0, left: 0 };
  return tf.slice(images as TF.Tensor4D, [0, top, left, 0], [images.shape[0], height, width, channels]);
}

/** Noise levels at which the teacher sees images: the noise hides details that only a network would notice. */
const SIGMAS = [0.25, 0.5];
/** Evaluations of the teacher for one image's features. */
export const FEATURE_EVALUATIONS = SIGMAS.length;

/**
 * The teacher's own maps of the image under a little noise (after Sauer et al. 2024, "Latent adversarial diffusion
 * distillation", whose discriminator uses such maps). At each of SIGMAS two layers' inputs are used, at a quarter of
 * the image's size: those of the encoder's last layer and of the layer after the decoder. Their positive values are
 * projected at random. They are not averaged over places, since means say little about what a classifier sees
 * (training/LOG.md). `projections` selects the random projections: those for learning or those for measuring.
 */
export function teacherSpace(
  tf: Tf,
  { card: { spec }, weights }: ModelContents,
  projections: "teacher" | "measure" = "teacher",
): FeatureSpace {
  const placed = placeWeights(tf, spec, weights.floats);
  const watched = [`enc.1.${spec.encoderBlocks[1] - 1}.conv1`, "up"];
  const places = (spec.height / 4) * (spec.width / 4) * spec.widths[1];
  const matrices = SIGMAS.map((sigma) => watched.map((path) => projection(tf, places, `${projections}/${sigma}/${path}`)));
  const mapsOf = (x: TF.Tensor, sigma: number): TF.Tensor2D[] => {
    const maps = new Map<string, TF.Tensor>();
    const ops = tensorOps(tf, placed);
    const { conv } = ops;
    ops.conv = (map, path, shape) => {
      if (watched.includes(path)) maps.set(path, tf.relu(map));
      return conv(map, path, shape);
    };
    const [batch] = x.shape as [number];
    scoreNetwork(ops, spec, { x, sigma: tf.fill([batch, 1], sigma), label: tf.zeros([batch, spec.classes]) });
    return watched.map((path) => tf.reshape(maps.get(path) as TF.Tensor, [-1, places]) as TF.Tensor2D);
  };
  return {
    sizes: SIGMAS.flatMap(() => watched.map(() => PROJECTIONS)),
    features: (images, stream) =>
      SIGMAS.flatMap((sigma, s) =>
        mapsOf(underNoise(tf, images, `${stream}/features/${sigma}`, sigma), sigma).map((map, p) => tf.matMul(map, matrices[s][p])),
      ),
  };
}

/**
 * A classifier's features, and random projections of its last maps, not averaged over places. Images get as much noise
 * as in the classifier's training, which makes it hard to deceive.
 */
export function classifierSpace(tf: Tf, { spec, weights, record }: Classifier<"tuning">, card: Framed): FeatureSpace {
  const noise = record.augmentation?.noise ?? 0;
  const shapes = classifierShapes(spec);
  const placed = new Map([...weights].map(([path, values]) => [path, tf.tensor(values, [...(shapes.get(path) as readonly number[])])]));
  const projections = projection(tf, (shapes.get("hidden") as readonly number[])[0], "classifier");
  return {
    sizes: [PROJECTIONS, featureCount(spec)],
    features: (images, stream) => {
      const [batch] = images.shape as [number];
      const sigmas = Float32Array.from(randomNumbers(`${stream}/classifier/sigmas`, batch), (u) => noise * u);
      const x = underNoise(tf, within(tf, images, card), `${stream}/classifier`, tf.tensor(sigmas, [batch, 1, 1, 1]));
      let projected: TF.Tensor2D | undefined;
      const ops = tensorOps(tf, placed);
      const { linear } = ops;
      ops.linear = (vector, path, inputs, outputs) => {
        projected = tf.matMul(vector as TF.Tensor2D, projections);
        return linear(vector, path, inputs, outputs);
      };
      const features = featuresOf(tf, spec, placed, x, ops);
      return [projected as TF.Tensor2D, features];
    },
  };
}

/** The number of random networks in `randomSpace`, the filters in each of their layers, and a filter's side. */
const RANDOM_NETWORKS = 3;
const RANDOM_FILTERS = [32, 64, 128];
const RANDOM_SIDE = 3;

/**
 * Projected maps of networks of random convolutions, of several seeds, with rectifiers and half the size after each
 * layer. Nothing is trained on these features or chosen by them, so they can measure the choice.
 */
export function randomSpace(tf: Tf, card: Framed): FeatureSpace {
  const { height, width, channels } = nativeShape(card);
  const halved = RANDOM_FILTERS.reduce(([rows, columns]) => [Math.ceil(rows / 2), Math.ceil(columns / 2)], [height, width]);
  const places = halved[0] * halved[1] * (RANDOM_FILTERS.at(-1) as number);
  const networks = Array.from({ length: RANDOM_NETWORKS }, (_, network) => ({
    filters: RANDOM_FILTERS.map((outputs, layer) => {
      const inputs = RANDOM_FILTERS[layer - 1] ?? channels;
      const drawn = normals(tf, `distill/random/${network}/${layer}`, [RANDOM_SIDE, RANDOM_SIDE, inputs, outputs]);
      return tf.mul(drawn, Math.sqrt(2 / (RANDOM_SIDE ** 2 * inputs))) as TF.Tensor4D; // keeps the mean square through a rectifier
    }),
    projected: projection(tf, places, `random/${network}`),
  }));
  return {
    sizes: networks.map(() => PROJECTIONS),
    features: (images) =>
      networks.map(({ filters, projected }) => {
        const first = tf.clipByValue(within(tf, images, card), -1, 1) as TF.Tensor4D;
        const last = filters.reduce((map, filter) => tf.avgPool(tf.relu(tf.conv2d(map, filter, 1, "same")), 2, 2, "same"), first);
        return tf.matMul(tf.reshape(last, [-1, places]) as TF.Tensor2D, projected);
      }),
  };
}

const BATCH = 256;

/**
 * For each part, the moments of the features of a split's images [N, H, W, C], and the means of each of K classes.
 * `listen` is called between batches.
 */
export async function realMoments(
  tf: Tf,
  { sizes, features }: FeatureSpace,
  split: Split,
  { height, width, channels, classes }: ModelContents["card"]["spec"],
  listen: () => Promise<void>,
): Promise<RealMoments[]> {
  const bar = progress("features of the training images", split.count);
  const all = sizes.map((size) => new Float32Array(split.count * size));
  for (let start = 0; start < split.count; start += BATCH) {
    await listen();
    const end = Math.min(start + BATCH, split.count);
    const parts = tf.tidy(() => {
      const images = tf.tensor(unitRange(split.images(start, end)), [end - start, height, width, channels]);
      return features(images, `distill/real/${start}`);
    });
    for (const [p, part] of parts.entries()) all[p].set(part.dataSync(), start * sizes[p]);
    tf.dispose(parts);
    bar.update(end);
  }
  bar.stop();
  const counts = new Float64Array(classes);
  for (const label of split.labels) counts[label]++;
  return all.map((rows, p) => {
    const size = sizes[p];
    const classMeans = new Float64Array(classes * size);
    for (const [i, label] of split.labels.entries()) {
      for (let f = 0; f < size; f++) classMeans[label * size + f] += rows[i * size + f] / counts[label];
    }
    return { ...momentsOf(rows, size), classMeans };
  });
}
