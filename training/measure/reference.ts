/** What generated images are compared with: the training images. The test images show what real images score. */
import { join } from "node:path";
import { fromPixels } from "../../wasm-model/render/image/pixels.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import { classCountsOf, type Dataset } from "../data/dataset.ts";
import type { Tf } from "../network/score-network.ts";
import type { RealFid, RecordedReference } from "../record/record.ts";
import { percent } from "../record/tables.ts";
import { cachedFloats, digest } from "./cache.ts";
import { featureCount } from "./classifiers/classifier.ts";
import { accuracy, type Classification, classify, predictions } from "./classifiers/classify.ts";
import { type Classifier, encodeClassifier } from "./classifiers/file.ts";
import { frechetDistance, type Moments, momentsOf } from "./frechet.ts";
import { nearestDistances } from "./neighbours.ts";

export interface Reference {
  readonly dataset: Dataset;
  readonly classifier: Classifier;
  /** F. */
  readonly length: number;
  /** Features of the training images, [N, F]. */
  readonly features: Float32Array;
  readonly moments: Moments;
  readonly test: Classification;
  /** Training images of each class: generated images are of the classes as often as these. */
  readonly classCounts: readonly number[];
  /** Share of the test images that the classifier assigns to their class. */
  readonly testAccuracy: number;
  /** Hashes that identify the training images and the whole reference. */
  readonly imagesDigest: string;
  readonly digest: string;
  /** The cache folder of this reference. */
  readonly folder: string;
}

/** Backends round float sums differently, and of 10 000 images a handful lie very close to a decision border. */
const ACCURACY_TOLERANCE = 0.001;

/**
 * The reference for a data set and its classifier; training features are cached below `cache`. Throws a UserError for a
 * classifier whose accuracy differs from the one in its file, such as another data set's.
 */
export async function openReference(tf: Tf, dataset: Dataset, classifier: Classifier, cache: string): Promise<Reference> {
  const { train, test, name } = dataset;
  const own = digest(encodeClassifier(classifier), train.images(), test.images());
  const folder = join(cache, `reference-${name}-${own}`);
  const classification = classify(tf, classifier, test.images());
  const testAccuracy = accuracy(predictions(classification.probabilities, classifier.spec.classes), test.labels);
  expectAccuracy(classifier, testAccuracy);
  const features = await cachedFloats(join(folder, "training-features.f32"), () => {
    const bar = progress("features of the training images", train.count);
    const { features } = classify(tf, classifier, train.images(), (done) => bar.update(done));
    bar.stop();
    return features;
  });
  const length = featureCount(classifier.spec);
  return {
    ...{ dataset, classifier, length, features, moments: momentsOf(features, length), test: classification, testAccuracy },
    ...{ classCounts: classCountsOf(dataset), imagesDigest: digest(train.images()), digest: own, folder },
  };
}

function expectAccuracy({ record }: Classifier, received: number): void {
  if (Math.abs(received - record.testAccuracy) <= ACCURACY_TOLERANCE) return;
  throw new UserError(
    `Expected a classifier with an accuracy of ${percent(record.testAccuracy, 2)} on the test images, as its file says, for \`classifier\` but received one with ${percent(received, 2)}`,
  );
}

/** The part of a reference that is kept in the record. */
export const recordedReference = ({ dataset: { name, train, test }, classifier, testAccuracy }: Reference): RecordedReference => ({
  ...{ classifier: classifier.purpose, data: name },
  ...{ trainingImages: train.count, testImages: test.count, testAccuracy },
});

/** FID of the first `count` test images against the training images. */
export function realFid({ length, moments, test }: Reference, count: number): RealFid {
  return { count, fid: frechetDistance(momentsOf(test.features.subarray(0, count * length), length), moments) };
}

/** Mean distances to the nearest training image: between pixel values in [-1, 1], and between features. */
export interface NeighbourDistances {
  readonly pixels: number;
  readonly features: number;
}

/** Distances of images [N, H, W, C] with these features, cached in `folder` beside the images. */
export async function neighbourDistances(
  tf: Tf,
  reference: Reference,
  images: Uint8Array,
  features: Float32Array,
  folder: string,
): Promise<NeighbourDistances> {
  const { dataset } = reference;
  const size = dataset.height * dataset.width * dataset.channels;
  const count = images.length / size;
  const nearest = (kind: string, of: string, points: () => Float32Array, references: () => Float32Array, length: number) =>
    cachedFloats(join(folder, `nearest-${kind}-${count}-${of}.f32`), async () => {
      const bar = progress(`nearest training images by ${kind}`, count);
      const distances = await nearestDistances(tf, points(), references(), length, { onProgress: (done) => bar.update(done) });
      bar.stop();
      return distances;
    });
  const values = (pixels: Uint8Array): Float32Array => fromPixels({ ...dataset, pixels });
  const train = (): Float32Array => values(dataset.train.images());
  const inPixels = await nearest("pixels", reference.imagesDigest, () => values(images), train, size);
  const own = (): Float32Array => features;
  const inFeatures = await nearest("features", reference.digest, own, () => reference.features, reference.length);
  return { pixels: mean(inPixels), features: mean(inFeatures) };
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
