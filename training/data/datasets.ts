/** The data sets that are known by name: class names, licence, and where each of their four files comes from. */

/** The four files of an IDX data set, with the MNIST family's names; each may also be gzipped, with `.gz` appended. */
export const FILES = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
} as const;
export type FileRole = keyof typeof FILES;

export interface NamedDataset {
  readonly name: string;
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** SPDX identifier. */
  readonly licence: string;
  /** MD5 of the *decompressed* files, so that a recompressed copy is still recognized. */
  readonly md5: Readonly<Record<FileRole, string>>;
  readonly debianPackage?: string;
  /** The official host's folder, ending in a slash; its files are gzipped. */
  readonly url: string;
}

/** Of data sets that are not known by name. */
export const UNKNOWN_LICENCE = "unknown";

/** All of them have 60 000 training and 10 000 test images of 28 x 28 x 1. */
export const DATASETS: readonly NamedDataset[] = [
  {
    name: "fashion-mnist",
    labels: ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
    licence: "MIT",
    md5: {
      trainImages: "f4a8712d7a061bf5bd6d2ca38dc4d50a",
      trainLabels: "9018921c3c673c538a1fc5bad174d6f9",
      testImages: "8181f5470baa50b63fa0f6fddb340f0a",
      testLabels: "15d484375f8d13e6eb1aabb0c3f46965",
    },
    debianPackage: "dataset-fashion-mnist",
    url: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
  },
  {
    name: "mnist",
    labels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    licence: "CC-BY-SA-3.0",
    md5: {
      trainImages: "6bbc9ace898e44ae57da46a324031adb",
      trainLabels: "a25bea736e30d166cdddb491f175f624",
      testImages: "2646ac647ad5339dbf082846283269ea",
      testLabels: "27ae3e4e09519cfbb04c329615203637",
    },
    url: "https://ossci-datasets.s3.amazonaws.com/mnist/",
  },
];
