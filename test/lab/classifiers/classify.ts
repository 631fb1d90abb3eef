/** Classes and features of images by a classifier. N images of H x W x C bytes, K classes, F features. */
import type * as TF from "@tensorflow/tfjs";
import type { Tf } from "../../../training/network/score-network.ts";
import { unitRange } from "../../../training/network/split.ts";
import { classifierShapes, featureCount, featuresOf, isFilter, logitsOf } from "./classifier.ts";
import type { Classifier } from "./file.ts";

const BATCH = 250;

export interface Classification {
  /** [N, F]. */
  readonly features: Float32Array;
  /** Probabilities of the classes, [N, K]. */
  readonly probabilities: Float32Array;
}

/** images: [N, H, W, C]. */
export function classify(tf: Tf, { spec, weights }: Pick<Classifier, "spec" | "weights">, images: Uint8Array): Classification {
  const { height, width, channels } = spec;
  const size = height * width * channels;
  const count = images.length / size;
  const length = featureCount(spec);
  const features = new Float32Array(count * length);
  const probabilities = new Float32Array(count * spec.classes);
  const shapes = classifierShapes(spec);
  const placed = new Map(
    [...weights].map(([path, values]): [string, TF.Tensor] => {
      const placed = tf.tensor(values, [...(shapes.get(path) ?? [])]);
      return [path, isFilter(placed.shape) ? unitFilters(tf, placed) : placed];
    }),
  );
  for (let start = 0; start < count; start += BATCH) {
    const end = Math.min(start + BATCH, count);
    const [batchFeatures, batchProbabilities] = tf.tidy(() => {
      const batch = tf.tensor(unitRange(images.subarray(start * size, end * size)), [end - start, height, width, channels]);
      const read = featuresOf(tf, spec, placed, batch);
      return [read, tf.softmax(logitsOf(tf, spec, placed, read))];
    }) as [TF.Tensor, TF.Tensor];
    features.set(batchFeatures.dataSync(), start * length);
    probabilities.set(batchProbabilities.dataSync(), start * spec.classes);
    tf.dispose([batchFeatures, batchProbabilities]);
  }
  tf.dispose([...placed.values()]);
  return { features, probabilities };
}

/** Filters, over the last axis, at unit norm. */
function unitFilters(tf: Tf, filters: TF.Tensor): TF.Tensor {
  const axes = filters.shape.map((_, axis) => axis).slice(0, -1);
  return tf.tidy(() => tf.div(filters, tf.sqrt(tf.sum(tf.square(filters), axes, true))));
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
