/** What the distance between sets of images is measured in while a student learns: nothing of the classifier that it is evaluated with. B images of H x W pixels and C channels. */
import type * as TF from "@tensorflow/tfjs";
import type { Matrix } from "ml-matrix";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import { scoreNetwork } from "../../wasm-model/network/network.ts";
import { unitRange } from "../data/batches.ts";
import type { Split } from "../data/split.ts";
import { momentsOf } from "../evaluate/frechet.ts";
import { placeWeights, type Tf, tensorOps } from "../network/score-network.ts";
import { normals } from "./random.ts";

export interface FeatureSpace {
  /** Lengths F_p of its parts, each of which is a space of its own with a distance of its own. */
  readonly sizes: readonly number[];
  /** images [B, H, W, C] -> [B, F_p] of each part; what is beyond the data range counts as its edge, as in a picture's bytes. `stream` names the noise that it may add. */
  features(images: TF.Tensor, stream: string): TF.Tensor2D[];
}

/** What real images have. */
export interface RealMoments {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  /** [K, F]. */
  readonly classMeans: Float64Array;
}

/** Random projections of a map's places. */
const PROJECTIONS = 96;
/** The noise that the teacher sees images under: it hides what only a network would see. */
const SIGMA = 0.25;

/**
 * The teacher's own maps at a quarter of the image's size, of the image under a little noise (after Sauer et al. 2024, "Latent adversarial diffusion distillation", which discriminates them): what the
 * last layer of its encoder and the layer behind its decoder there read, place by place, by random projections of the positive values. Means over the places would say little of what a classifier
 * sees (training/README.md).
 */
export function teacherSpace(tf: Tf, { card: { spec }, weights }: Model): FeatureSpace {
  const placed = placeWeights(tf, spec, weights.floats);
  const watched = [`enc.1.${spec.encoderBlocks[1] - 1}.conv1`, "up"];
  const places = (spec.height / 4) * (spec.width / 4) * spec.widths[1];
  const projections = watched.map((path) => projection(tf, places, `teacher/${path}`));
  return {
    sizes: watched.map(() => PROJECTIONS),
    features: (images, stream) => {
      const [batch] = images.shape as [number];
      const x = tf.add(tf.clipByValue(images, -1, 1), tf.mul(normals(tf, `${stream}/features`, images.shape), SIGMA));
      const maps = new Map<string, TF.Tensor>();
      const ops = tensorOps(tf, placed);
      const { conv } = ops;
      ops.conv = (map, path, shape) => {
        if (watched.includes(path)) maps.set(path, tf.relu(map));
        return conv(map, path, shape);
      };
      scoreNetwork(ops, spec, { x, sigma: tf.fill([batch, 1], SIGMA), label: tf.zeros([batch, spec.classes]) });
      return watched.map((path, p) => tf.matMul(tf.reshape(maps.get(path) as TF.Tensor, [-1, places]) as TF.Tensor2D, projections[p]));
    },
  };
}

/** A random matrix [places, PROJECTIONS] that keeps the magnitude of sparse maps. */
function projection(tf: Tf, places: number, name: string): TF.Tensor2D {
  return tf.mul(normals(tf, `distill/projections/${name}`, [places, PROJECTIONS]), 2 / Math.sqrt(places)) as TF.Tensor2D;
}

const BATCH = 256;

/** Moments of the features of a split's images [N, H, W, C], and the means of each of K classes, for each part. */
export function realMoments(
  tf: Tf,
  { sizes, features }: FeatureSpace,
  split: Split,
  { height, width, channels, classes }: Model["card"]["spec"],
): RealMoments[] {
  const all = sizes.map((size) => new Float32Array(split.count * size));
  for (let start = 0; start < split.count; start += BATCH) {
    const end = Math.min(start + BATCH, split.count);
    const parts = tf.tidy(() => {
      const images = tf.tensor(unitRange(split.images(start, end)), [end - start, height, width, channels]);
      return features(images, `distill/real/${start}`);
    });
    for (const [p, part] of parts.entries()) all[p].set(part.dataSync(), start * sizes[p]);
    tf.dispose(parts);
  }
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
