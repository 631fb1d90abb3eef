/**
 * How good generated images are by a data set's classifier: their Fréchet distance to the training images in its
 * features, and whether it recognizes their classes. Test images show what real ones score.
 */
import { covariance, EigenvalueDecomposition, Matrix } from "ml-matrix";
import { UserError } from "../../training/cli/user-error.ts";
import type { Dataset } from "../../training/data/dataset.ts";
import type { Tf } from "../../training/network/score-network.ts";
import { classCountsOf } from "../../training/network/split.ts";
import { accuracy, type Classification, type Classifier, classify, featureCount, predictions } from "./classifiers.ts";

/** What generated images are compared with. */
export interface Reference {
  readonly dataset: Dataset;
  readonly classifier: Classifier;
  /** Of the training images' features. */
  readonly moments: Moments;
  readonly test: Classification;
  /** Training images of each class: generated images are of the classes as often as these. */
  readonly classCounts: readonly number[];
}

/** The class of each of so many images: each as often as in `classCounts`. */
export function requestedClasses(count: number, classCounts: readonly number[]): number[] {
  const total = classCounts.reduce((sum, one) => sum + one, 0);
  const drawn = classCounts.map(() => 0);
  return Array.from({ length: count }, (_, i) => {
    const behind = classCounts.map((one, label) => one * (i + 1) - drawn[label] * total);
    const next = behind.indexOf(Math.max(...behind));
    drawn[next] += 1;
    return next;
  });
}

/** With fewer images the features' covariance would be meaningless. */
export const MIN_COUNT = 128;

/** Backends round float sums differently, and of 10 000 images a handful lie very close to a decision border. */
const ACCURACY_TOLERANCE = 0.001;

/**
 * The reference for a data set and its classifier. Throws a UserError for a classifier whose accuracy differs from the
 * one in its file, such as another data set's.
 */
export function referenceOf(tf: Tf, dataset: Dataset, classifier: Classifier): Reference {
  const { train, test } = dataset;
  const { testAccuracy } = classifier;
  const classified = classify(tf, classifier, test.images());
  const received = accuracy(predictions(classified.probabilities, dataset.labels.length), test.labels);
  if (Math.abs(received - testAccuracy) > ACCURACY_TOLERANCE)
    throw new UserError(
      `Expected a classifier with an accuracy of ${percent(testAccuracy, 2)} on the test images, as its file says, for \`classifier\` but received one with ${percent(received, 2)}`,
    );
  const { features } = classify(tf, classifier, train.images());
  return {
    dataset,
    classifier,
    moments: momentsOf(features, featureCount(classifier)),
    test: classified,
    classCounts: classCountsOf(dataset),
  };
}

export interface Quality {
  readonly fid: number;
  /** Share of the images that the classifier assigns to the requested class. */
  readonly classAccuracy: number;
  /** For each class, in label order: the share of its images that the classifier assigns to it. */
  readonly accuracyByClass: readonly number[];
}

/** Of images [N, H, W, C] of these classes. */
export const qualityOf = (tf: Tf, reference: Reference, images: Uint8Array, classes: Uint16Array): Quality =>
  qualityOfClassified(reference, classify(tf, reference.classifier, images), classes);

/** The same of the first `count` test images. */
export function realQuality(reference: Reference, count: number): Quality {
  const { dataset, classifier, test } = reference;
  const first = {
    features: test.features.subarray(0, count * featureCount(classifier)),
    probabilities: test.probabilities.subarray(0, count * dataset.labels.length),
  };
  return qualityOfClassified(reference, first, dataset.test.labels.subarray(0, count));
}

function qualityOfClassified(
  { dataset: { labels }, classifier, moments }: Reference,
  { features, probabilities }: Classification,
  classes: Uint16Array,
): Quality {
  const predicted = predictions(probabilities, labels.length);
  return {
    fid: frechetDistance(momentsOf(features, featureCount(classifier)), moments),
    classAccuracy: accuracy(predicted, classes),
    accuracyByClass: labels.map((_, label) => {
      const ofClass = predicted.filter((_, i) => classes[i] === label);
      return accuracy(ofClass, new Uint16Array(ofClass.length).fill(label));
    }),
  };
}

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** The figures as a table in text: those of generated images beside those of as many real ones. */
export function describeQuality(generated: Quality, real: Quality, count: number, labels: readonly string[]): string {
  const figures = [
    ["", "generated", `real (${count})`],
    ["FID", generated.fid.toFixed(4), real.fid.toFixed(4)],
    ["class accuracy", percent(generated.classAccuracy), percent(real.classAccuracy)],
  ];
  const byClass = labels.map((label, i) => [label, percent(generated.accuracyByClass[i])]);
  return [textTable(figures), textTable([["class", "drawn as asked"], ...byClass])].join("\n\n");
}

/** Rows of cells, each column as wide as its widest cell; the first column aligned left, the others right. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column] + 2))).join(""))
    .join("\n");
}

export interface Moments {
  readonly mean: Float64Array;
  /** Sample covariance, divided by N - 1. */
  readonly covariance: Matrix;
}

/** Moments of N >= 2 rows of `size` numbers. */
export function momentsOf(rows: Float32Array, size: number): Moments {
  const matrix = Matrix.from1DArray(rows.length / size, size, rows);
  return { mean: Float64Array.from(matrix.mean("column")), covariance: covariance(matrix) };
}

/**
 * The Fréchet distance of two sets of features, each taken as a Gaussian (Dowson & Landau 1982), with a classifier's features the FID
 * of Heusel et al. 2017: |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)). The trace of the root is that of the symmetric (C1^(1/2) C2
 * C1^(1/2))^(1/2), the sum of its eigenvalues.
 */
export function frechetDistance(a: Moments, b: Moments): number {
  const shift = a.mean.reduce((sum, value, i) => sum + (value - b.mean[i]) ** 2, 0);
  const { vectors, values } = decompose(a.covariance);
  const root = vectors.mmul(Matrix.diag(values.map(squareRoot))).mmul(vectors.transpose());
  const products = decompose(root.mmul(b.covariance).mmul(root));
  const overlap = products.values.reduce((sum, value) => sum + squareRoot(value), 0);
  return shift + a.covariance.trace() + b.covariance.trace() - 2 * overlap;
}

/** Square root of an eigenvalue, which rounding may have made negative. */
const squareRoot = (value: number): number => Math.sqrt(Math.max(0, value));

/** Eigenvalues, and eigenvectors as columns. */
function decompose(matrix: Matrix): { values: number[]; vectors: Matrix } {
  const symmetrized = Matrix.add(matrix, matrix.transpose()).mul(0.5);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetrized, { assumeSymmetric: true });
  return { values: realEigenvalues, vectors: eigenvectorMatrix };
}
