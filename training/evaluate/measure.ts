/** The figures of a set of generated images, each beside what real test images score. */
import { join } from "node:path";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { Drawer } from "../../wasm-model/render/generate.ts";
import type { Tf } from "../network/score-network.ts";
import { FEATURES } from "./classifier.ts";
import { accuracy, decisions, type Judgement, judge } from "./classify.ts";
import { frechetDistance, momentsOf } from "./frechet.ts";
import { drawImages, drawnImages, imageFolder, type Order, wantedClasses } from "./images.ts";
import { inceptionScore } from "./inception-score.ts";
import { type PrecisionRecall, precisionRecall } from "./precision-recall.ts";
import { floor, neighbourDistances, type Reference } from "./reference.ts";
import type { Subject } from "./subject.ts";

/** What a comparison of many settings looks at. */
export interface Quality {
  readonly fid: number;
  /** Share of the images that the classifier takes for the class that was asked for. */
  readonly classAccuracy: number;
}

/** Figures of generated images, or of as many real ones. */
export interface Figures extends Quality, PrecisionRecall {
  readonly inceptionScore: number;
  /** Mean distances to the nearest training image, of pixels in [-1, 1] and of features. */
  readonly nearestPixels: number;
  readonly nearestFeatures: number;
}

export interface Measurement {
  readonly generated: Figures;
  /** Of the first `count` test images, or of all there are. */
  readonly real: Figures;
  readonly realCount: number;
  /** Share of the images of each class that the classifier takes for it, in label order. */
  readonly accuracyByClass: readonly number[];
  /** Number of images that the classifier takes for each class. */
  readonly imagesByClass: readonly number[];
}

interface Drawn {
  readonly folder: string;
  readonly images: Uint8Array;
  readonly judgement: Judgement;
}

async function drawn(tf: Tf, { classifier }: Reference, subject: Subject, order: Order, cache: string): Promise<Drawn> {
  const folder = imageFolder(cache, subject, order);
  const images = await drawnImages(folder, subject, order);
  return { folder, images, judgement: judge(tf, classifier, images) };
}

const fidOf = ({ moments }: Reference, { features }: Judgement): number => frechetDistance(momentsOf(features, FEATURES), moments);

/** FID and class accuracy of the images that are ordered. */
export async function qualityOf(tf: Tf, reference: Reference, subject: Subject, order: Order, cache: string): Promise<Quality> {
  const { judgement } = await drawn(tf, reference, subject, order, cache);
  return summary(reference, judgement, subject.card);
}

/** The same of images that are drawn anew and kept nowhere. */
export async function freshQuality(tf: Tf, reference: Reference, drawer: Drawer, order: Order): Promise<Quality> {
  const images = await drawImages(drawer, order);
  return summary(reference, judge(tf, reference.classifier, images), drawer.card);
}

function summary(reference: Reference, judgement: Judgement, card: ModelCard): Quality {
  const decided = decisions(judgement.probabilities, card.spec.classes);
  return { fid: fidOf(reference, judgement), classAccuracy: accuracy(decided, wantedClasses(decided.length, card)) };
}

/** All figures of the images that are ordered. */
export async function measure(tf: Tf, reference: Reference, subject: Subject, order: Order, cache: string): Promise<Measurement> {
  const { dataset, test, testAccuracy, features: training } = reference;
  const { classes } = subject.card.spec;
  const { folder, images, judgement } = await drawn(tf, reference, subject, order, cache);
  const wanted = wantedClasses(order.count, subject.card);
  const decided = decisions(judgement.probabilities, classes);
  const near = await neighbourDistances(tf, reference, images, judgement.features, join(folder, `nearest-${order.count}`));

  const realCount = Math.min(order.count, dataset.test.count);
  const realFeatures = test.features.subarray(0, realCount * FEATURES);
  const realImages = dataset.test.images(0, realCount);
  const realNear = await neighbourDistances(tf, reference, realImages, realFeatures, join(reference.folder, `test-nearest-${realCount}`));
  const support = training.subarray(0, order.count * FEATURES);

  return {
    generated: {
      fid: fidOf(reference, judgement),
      classAccuracy: accuracy(decided, wanted),
      ...(await precisionRecall(tf, support, judgement.features, FEATURES)),
      inceptionScore: inceptionScore(judgement.probabilities, classes),
      nearestPixels: near.pixels,
      nearestFeatures: near.features,
    },
    real: {
      fid: floor(reference, order.count),
      classAccuracy: testAccuracy,
      ...(await precisionRecall(tf, support, realFeatures, FEATURES)),
      inceptionScore: inceptionScore(test.probabilities.subarray(0, realCount * classes), classes),
      nearestPixels: realNear.pixels,
      nearestFeatures: realNear.features,
    },
    realCount,
    accuracyByClass: Array.from({ length: classes }, (_, label) => {
      const own = decided.filter((_, i) => wanted[i] === label);
      return accuracy(own, new Uint16Array(own.length).fill(label));
    }),
    imagesByClass: Array.from({ length: classes }, (_, label) => decided.filter((decision) => decision === label).length),
  };
}
