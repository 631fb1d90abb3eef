/** What the distance between sets of images is measured in while a student learns: the features of a classifier that is not the one it will be measured with. */
import type * as TF from "@tensorflow/tfjs";
import { classifierShapes, FEATURES, featuresOf } from "../evaluate/classifier.ts";
import type { Classifier } from "../evaluate/classifier-file.ts";
import type { Reference } from "../evaluate/reference.ts";
import type { Tf } from "../score-network.ts";
import type { RealMoments } from "./frechet.ts";

/** images [B, H, W, C] -> [B, F] on the device; what is beyond the data range counts as its edge, as in a picture's bytes. */
export function classifierFeatures(tf: Tf, { spec, weights }: Classifier): (images: TF.Tensor) => TF.Tensor2D {
  const shapes = classifierShapes(spec);
  const placed = new Map([...weights].map(([path, values]) => [path, tf.tensor(values, [...(shapes.get(path) ?? [])])]));
  return (images) => featuresOf(tf, spec, placed, tf.clipByValue(images, -1, 1));
}

/** Moments of the training images' features, and the means of each class. */
export function realMoments({ dataset, features, moments }: Reference): RealMoments {
  const { labels, count } = dataset.train;
  const counts = new Float64Array(dataset.labels.length);
  const classMeans = new Float64Array(dataset.labels.length * FEATURES);
  for (let i = 0; i < count; i++) counts[labels[i]]++;
  for (let i = 0; i < count; i++) {
    for (let f = 0; f < FEATURES; f++) classMeans[labels[i] * FEATURES + f] += features[i * FEATURES + f] / counts[labels[i]];
  }
  return { mean: moments.mean, covariance: moments.covariance, classMeans };
}
