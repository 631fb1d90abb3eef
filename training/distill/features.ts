/** What the distance between sets of images is measured in while a student learns: nothing of the classifier that it will be measured with. */
import type * as TF from "@tensorflow/tfjs";
import { scoreNetwork } from "../../wasm-model/network.ts";
import type { Model } from "../../wasm-model/onnx/writer.ts";
import { unitRange } from "../batches.ts";
import type { Dataset } from "../data/load.ts";
import { classifierShapes, FEATURES, featuresOf } from "../evaluate/classifier.ts";
import type { Classifier } from "../evaluate/classifier-file.ts";
import { momentsOf } from "../evaluate/frechet.ts";
import { placeWeights, type Tf, tensorOps } from "../score-network.ts";
import type { RealMoments } from "./frechet.ts";
import { normals } from "./random.ts";

export interface FeatureSpace {
  /** Lengths F_p of its parts, each of which is a space of its own with a distance of its own. */
  readonly sizes: readonly number[];
  /** images [B, H, W, C] -> [B, F_p] of each part; what is beyond the data range counts as its edge, as in a picture's bytes. `stream` names the noise that it may add. */
  features(images: TF.Tensor, stream: string): TF.Tensor2D[];
}

/** Random projections of places, for spaces in which they count. */
const PROJECTIONS = 96;

/** A random matrix [places, PROJECTIONS] that keeps the magnitude of sparse maps. */
function projection(tf: Tf, places: number, name: string): TF.Tensor2D {
  return tf.mul(normals(tf, `distill/projections/${name}`, [places, PROJECTIONS]), 2 / Math.sqrt(places)) as TF.Tensor2D;
}

/**
 * A classifier: its features, and what some layers read on the way there, two maps by the means of their channels and the last one, place by place, by random projections. What the student would do to
 * please the features alone shows in the layers before them.
 */
export function classifierSpace(tf: Tf, { spec, weights }: Classifier): FeatureSpace {
  const shapes = classifierShapes(spec);
  const placed = new Map([...weights].map(([path, values]) => [path, tf.tensor(values, [...(shapes.get(path) ?? [])])]));
  const watched = ["0.0", "1.1"].map((path) => [path, shapes.get(path)?.[2] as number] as const);
  const places = shapes.get("hidden")?.[0] as number;
  const projections = projection(tf, places, "classifier");
  return {
    sizes: [...watched.map(([, inputs]) => inputs), PROJECTIONS, FEATURES],
    features: (images) => {
      const parts: TF.Tensor2D[] = [];
      const ops = tensorOps(tf, placed);
      const { conv, linear } = ops;
      ops.conv = (map, path, shape) => {
        if (watched.some(([one]) => one === path)) parts.push(tf.mean(map, [1, 2]) as TF.Tensor2D);
        return conv(map, path, shape);
      };
      ops.linear = (vector, path, inputs, outputs) => {
        parts.push(tf.matMul(vector as TF.Tensor2D, projections));
        return linear(vector, path, inputs, outputs);
      };
      const features = featuresOf(tf, spec, placed, tf.clipByValue(images, -1, 1), ops);
      return [...parts, features];
    },
  };
}

/** The noise that the teacher sees images under: it hides what only a network would see. */
const SIGMA = 0.25;

/**
 * The teacher's own maps at a quarter of the image's size, of the image under a little noise (after Sauer et al. 2024, "Latent adversarial diffusion distillation", which discriminates them): what the
 * last layer of its encoder and the layer behind its decoder there read, place by place, by random projections of the positive values. Means over the places were easily put right and told little of
 * what a classifier sees (training/README.md).
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

/** All parts of several spaces. */
export function jointSpace(spaces: readonly FeatureSpace[]): FeatureSpace {
  return {
    sizes: spaces.flatMap(({ sizes }) => sizes),
    features: (images, stream) => spaces.flatMap((space) => space.features(images, stream)),
  };
}

const BATCH = 256;

/** Moments of the training images' features, and the means of each class, for each part. */
export function realMoments(tf: Tf, { sizes, features }: FeatureSpace, { train, labels, height, width, channels }: Dataset): RealMoments[] {
  const imageSize = height * width * channels;
  const all = sizes.map((size) => new Float32Array(train.count * size));
  for (let start = 0; start < train.count; start += BATCH) {
    const end = Math.min(start + BATCH, train.count);
    const parts = tf.tidy(() => {
      const images = tf.tensor(unitRange(train.images.subarray(start * imageSize, end * imageSize)), [
        end - start,
        height,
        width,
        channels,
      ]);
      return features(images, `distill/real/${start}`);
    });
    for (const [p, part] of parts.entries()) all[p].set(part.dataSync(), start * sizes[p]);
    tf.dispose(parts);
  }
  const counts = new Float64Array(labels.length);
  for (const label of train.labels) counts[label]++;
  return all.map((rows, p) => {
    const size = sizes[p];
    const classMeans = new Float64Array(labels.length * size);
    for (let i = 0; i < train.count; i++) {
      const label = train.labels[i];
      for (let f = 0; f < size; f++) classMeans[label * size + f] += rows[i * size + f] / counts[label];
    }
    return { ...momentsOf(rows, size), classMeans };
  });
}
