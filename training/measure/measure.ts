/** Figures of a set of generated images, each beside that of real test images. */
import { join } from "node:path";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { GenerativeModel } from "../../wasm-model/render/generate.ts";
import type { Tf } from "../network/score-network.ts";
import type { Figures } from "../record/record.ts";
import { type Beside, meanFigures } from "../record/tables.ts";
import { cachedFloats } from "./cache.ts";
import { accuracy, type Classification, classify, predictions } from "./classifiers/classify.ts";
import type { EvaluatedModel } from "./evaluated-model.ts";
import { frechetDistance, momentsOf } from "./frechet.ts";
import { drawImages, drawnImages, type ImageSet, imageFolder, requestedClasses } from "./images.ts";
import { precisionRecall, type Support, supportRadii } from "./neighbours.ts";
import { neighbourDistances, type Reference, realFid } from "./reference.ts";

/** The figures that a comparison of many settings uses. */
export interface Quality {
  readonly fid: number;
  /** Share of the images that the classifier assigns to the requested class. */
  readonly classAccuracy: number;
}

/** Figures of generated images, and of as many real ones: the first test images. */
export interface Measurement extends Beside {
  /** For each class, in label order: the share of its images that the classifier assigns to it. */
  readonly accuracyByClass: readonly number[];
  /** Number of images that the classifier assigns to each class. */
  readonly imagesByClass: readonly number[];
}

/** Images that are compared with a reference, which decides how often each class is drawn. */
type Comparable = Omit<ImageSet, "classCounts">;

const fidOf = ({ moments, length }: Reference, { features }: Classification): number =>
  frechetDistance(momentsOf(features, length), moments);

/** FID and class accuracy of the images of a set. */
export async function qualityOf(tf: Tf, reference: Reference, model: EvaluatedModel, set: Comparable, cache: string): Promise<Quality> {
  const imageSet = { ...set, classCounts: reference.classCounts };
  const images = await drawnImages(imageFolder(cache, model, imageSet), model, imageSet);
  return summary(reference, classify(tf, reference.classifier, images), model.card);
}

/** The same for images that are drawn without a cache. */
export async function freshQuality(tf: Tf, reference: Reference, model: GenerativeModel, set: Comparable): Promise<Quality> {
  const images = await drawImages(model, { ...set, classCounts: reference.classCounts });
  return summary(reference, classify(tf, reference.classifier, images), model.card);
}

function summary(reference: Reference, classification: Classification, card: ModelCard): Quality {
  const predicted = predictions(classification.probabilities, card.spec.classes);
  return {
    fid: fidOf(reference, classification),
    classAccuracy: accuracy(predicted, requestedClasses(predicted.length, card, reference.classCounts)),
  };
}

/** The figures of several sets: their means and, by class, the figures of all images. */
interface MeasuredSets extends Measurement {
  readonly sets: readonly Figures[];
}

/** All figures of several sets of images, one for each seed. */
export async function measureSets(
  tf: Tf,
  reference: Reference,
  model: EvaluatedModel,
  { settings, count }: Omit<Comparable, "seed">,
  seeds: readonly string[],
  cache: string,
): Promise<MeasuredSets> {
  const all: Measurement[] = [];
  const { classCounts } = reference;
  for (const seed of seeds) all.push(await measure(tf, reference, model, { settings, count, seed, classCounts }, cache));
  const [first] = all;
  const sets = all.map(({ generated }) => generated);
  const sum = (label: number, figuresOf: (set: Measurement) => readonly number[]): number =>
    all.reduce((total, set) => total + figuresOf(set)[label], 0);
  return {
    ...{ ...first, generated: meanFigures(sets), sets },
    accuracyByClass: first.accuracyByClass.map((_, label) => sum(label, ({ accuracyByClass }) => accuracyByClass) / all.length),
    imagesByClass: first.imagesByClass.map((_, label) => sum(label, ({ imagesByClass }) => imagesByClass)),
  };
}

/** Of as many generated, training and test images: `count` of the set, which both splits have. */
async function measure(tf: Tf, reference: Reference, model: EvaluatedModel, imageSet: ImageSet, cache: string): Promise<Measurement> {
  const { dataset, test, features: training, length } = reference;
  const { count } = imageSet;
  const { classes } = model.card.spec;
  const folder = imageFolder(cache, model, imageSet);
  const images = await drawnImages(folder, model, imageSet);
  const classification = classify(tf, reference.classifier, images);
  const requested = requestedClasses(count, model.card, imageSet.classCounts);
  const predicted = predictions(classification.probabilities, classes);
  const near = await neighbourDistances(tf, reference, images, classification.features, folder);

  const realFeatures = test.features.subarray(0, count * length);
  const realProbabilities = test.probabilities.subarray(0, count * classes);
  const realImages = dataset.test.images(0, count);
  const realNear = await neighbourDistances(tf, reference, realImages, realFeatures, reference.folder);
  const withRadii = async (rows: Float32Array, path: string): Promise<Support> => ({
    rows,
    radii: await cachedFloats(path, () => supportRadii(tf, rows, length)),
  });
  const support = await withRadii(training.subarray(0, count * length), join(reference.folder, `radii-training-${count}.f32`));
  const realSupport = await withRadii(realFeatures, join(reference.folder, `radii-test-${count}.f32`));
  const ownSupport = await withRadii(classification.features, join(folder, `radii-${count}-${reference.digest}.f32`));

  return {
    generated: {
      fid: fidOf(reference, classification),
      classAccuracy: accuracy(predicted, requested),
      ...(await precisionRecall(tf, support, ownSupport, length)),
      inceptionScore: inceptionScore(classification.probabilities, classes),
      nearestPixels: near.pixels,
      nearestFeatures: near.features,
    },
    real: {
      fid: realFid(reference, count).fid,
      classAccuracy: accuracy(predictions(realProbabilities, classes), dataset.test.labels),
      ...(await precisionRecall(tf, support, realSupport, length)),
      inceptionScore: inceptionScore(realProbabilities, classes),
      nearestPixels: realNear.pixels,
      nearestFeatures: realNear.features,
    },
    accuracyByClass: Array.from({ length: classes }, (_, label) => {
      const own = predicted.filter((_, i) => requested[i] === label);
      return accuracy(own, new Uint16Array(own.length).fill(label));
    }),
    imagesByClass: Array.from({ length: classes }, (_, label) => predicted.filter((prediction) => prediction === label).length),
  };
}

/**
 * The Inception Score (Salimans et al. 2016) with a data set's own classifier: exp of the mean over images of KL(p(y |
 * x) || p(y)). It ranges from 1 (all images alike to the classifier) to K (each image certainly of one class, all
 * classes equally often). `probabilities`: [N, K].
 */
export function inceptionScore(probabilities: Float32Array, classes: number): number {
  const count = probabilities.length / classes;
  const marginal = new Float64Array(classes);
  for (const [at, p] of probabilities.entries()) marginal[at % classes] += p / count;
  let divergence = 0;
  for (const [at, p] of probabilities.entries()) if (p > 0) divergence += (p * Math.log(p / marginal[at % classes])) / count;
  return Math.exp(divergence);
}
