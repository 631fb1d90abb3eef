/** What generated images are held against: the training images, and the test images as the measure of what real images score. */
import { join } from "node:path";
import { fromPixels } from "../../wasm-model/render/image/pixels.ts";
import { progress } from "../cli/progress.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Tf } from "../network/score-network.ts";
import { cachedFloats, digest } from "./cache.ts";
import { FEATURES } from "./classifier.ts";
import type { Classifier } from "./classifier-file.ts";
import { encodeClassifier } from "./classifier-file.ts";
import { accuracy, type Classification, classify, predictions } from "./classify.ts";
import { frechetDistance, type Moments, momentsOf } from "./frechet.ts";
import { nearestDistances } from "./neighbours.ts";

export interface Reference {
  readonly dataset: Dataset;
  readonly classifier: Classifier;
  /** Of the training images, [N, F]. */
  readonly features: Float32Array;
  readonly moments: Moments;
  readonly test: Classification;
  /** Share of the test images that the classifier assigns to their class. */
  readonly testAccuracy: number;
  /** The folder of what is kept of this reference. */
  readonly folder: string;
}

/** The reference that the data set and its classifier make; training features are kept below `cache`. */
export async function openReference(tf: Tf, dataset: Dataset, classifier: Classifier, cache: string): Promise<Reference> {
  const { train, test, name } = dataset;
  const folder = join(cache, `reference-${name}-${digest(encodeClassifier(classifier), train.images(), test.images())}`);
  const features = await cachedFloats(join(folder, "training-features.f32"), () => {
    const bar = progress("features of the training images", train.count);
    const { features } = classify(tf, classifier, train.images(), (done) => bar.update(done));
    bar.stop();
    return features;
  });
  const classification = classify(tf, classifier, test.images());
  const testAccuracy = accuracy(predictions(classification.probabilities, classifier.spec.classes), test.labels);
  return { dataset, classifier, features, moments: momentsOf(features, FEATURES), test: classification, testAccuracy, folder };
}

/** FID of the first `count` test images (or of all there are) against the training images: what `count` real images score. */
export function realFid({ moments, test }: Reference, count: number): number {
  return frechetDistance(momentsOf(test.features.subarray(0, count * FEATURES), FEATURES), moments);
}

/** Mean distances to the nearest training image: between pixel values in [-1, 1], and between features. */
export interface NeighbourDistances {
  readonly pixels: number;
  readonly features: number;
}

/** Of images [N, H, W, C] with these features, kept in the files `${path}-pixels.f32` and `${path}-features.f32`. */
export async function neighbourDistances(
  tf: Tf,
  { dataset, features: trainingFeatures }: Reference,
  images: Uint8Array,
  features: Float32Array,
  path: string,
): Promise<NeighbourDistances> {
  const size = dataset.height * dataset.width * dataset.channels;
  const nearest = (kind: string, points: () => Float32Array, references: () => Float32Array, length: number) =>
    cachedFloats(`${path}-${kind}.f32`, async () => {
      const bar = progress(`nearest training images by ${kind}`, images.length / size);
      const distances = await nearestDistances(tf, points(), references(), length, { onProgress: (done) => bar.update(done) });
      bar.stop();
      return distances;
    });
  const inPixels = await nearest(
    "pixels",
    () => fromPixels({ ...dataset, pixels: images }),
    () => fromPixels({ ...dataset, pixels: dataset.train.images() }),
    size,
  );
  const inFeatures = await nearest(
    "features",
    () => features,
    () => trainingFeatures,
    FEATURES,
  );
  return { pixels: mean(inPixels), features: mean(inFeatures) };
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
