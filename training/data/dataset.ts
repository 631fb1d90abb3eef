/** A data set as training and evaluation use it. */
import { joined } from "../../wasm-model/schema/bytes.ts";
import { partOf, type Split } from "../network/split.ts";
import type { ConversionSettings } from "./conversion.ts";
import { chooseHeldOut } from "./hold-out.ts";

export interface Dataset {
  readonly name: string;
  /** The folder of its files. */
  readonly folder: string;
  /** Class names in label order. */
  readonly labels: readonly string[];
  readonly train: Split;
  /** Held-out images; `train` itself if there are none. */
  readonly test: Split;
  /** Whether they are those of a folder `test`. */
  readonly hasTest: boolean;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Paths in the folder of the training images whose files are at least four times as large, at most 400. */
  readonly large: readonly string[];
  /** How opaque the pixels of both splits are, bytes [N, H, W], if models of the images cut out: images are on the background. */
  readonly alpha?: Readonly<Record<"train" | "test", Uint8Array>> | undefined;
  /** The colours of pixel art, six hexadecimal digits each, sorted. */
  readonly palette?: readonly string[] | undefined;
  /** How the image files were converted. */
  readonly pictures: ConversionSettings;
  /** Warnings for its owner before training, a line each. */
  readonly notes: readonly string[];
  /** Other remarks, a line each. */
  readonly details: readonly string[];
}

/** What the images are that a model is measured on. */
export const splitNameOf = ({ train, test, hasTest }: Dataset): "test" | "held-out" | "training" =>
  hasTest ? "test" : test === train ? "training" : "held-out";

/** The images of a run. */
export interface TrainingData extends Dataset {
  /** By whose loss the weights are chosen. */
  readonly validation: Split;
  readonly alpha?: Readonly<Record<"train" | "test" | "validation", Uint8Array>> | undefined;
}

/** With a folder `test`, a tenth of the training images is for validation; otherwise held-out images are, and test images too. */
export function trainingDataOf({ alpha, ...dataset }: Dataset): TrainingData {
  const { train, test, hasTest } = dataset;
  if (!hasTest) return { ...dataset, validation: test, ...(alpha && { alpha: { ...alpha, validation: alpha.test } }) };
  const isHeldOut = chooseHeldOut(train.labels, train.families);
  const indices = [...isHeldOut.keys()];
  const ofTraining = indices.filter((i) => !isHeldOut[i]);
  const heldOnes = indices.filter((i) => isHeldOut[i]);
  const ofValidation = heldOnes.length > 0 ? heldOnes : indices;
  const alphaAt = (all: Uint8Array, at: readonly number[]): Uint8Array => {
    const size = all.length / train.count;
    return joined(at.map((i) => all.subarray(i * size, (i + 1) * size)));
  };
  return {
    ...dataset,
    ...{ train: partOf(train, ofTraining), validation: partOf(train, ofValidation) },
    ...(alpha && { alpha: { train: alphaAt(alpha.train, ofTraining), validation: alphaAt(alpha.train, ofValidation), test: alpha.test } }),
  };
}
