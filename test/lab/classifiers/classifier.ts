/**
 * The classifier of a data set's images: a small magnitude-preserving residual network, made of the score network's
 * operations. The vector before its last layer, the image's *features*, measures distances between sets of images. B
 * images of H x W pixels, C channels, K classes, F features.
 */
import type * as TF from "@tensorflow/tfjs";
import type { Dataset } from "../../../training/data/dataset.ts";
import { type Tf, tensorOps, type WeightTensors } from "../../../training/network/score-network.ts";
import { DEEP, LARGE, type Layer, SMALL, type Trunk } from "./trunks.ts";

export const CLASSIFIERS = { small: SMALL, large: LARGE, deep: DEEP } as const satisfies Record<string, Trunk>;
export type ClassifierName = keyof typeof CLASSIFIERS;

/** The data set's shape and the classifier's own. */
export interface ClassifierSpec {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly classes: number;
  readonly network: ClassifierName;
}

export const classifierSpec = (
  { height, width, channels, labels }: Pick<Dataset, "height" | "width" | "channels" | "labels">,
  network: ClassifierName,
): ClassifierSpec => ({ height, width, channels, classes: labels.length, network });

/** V, the length of an image's vector. */
const lengthOf = ({ network, height, width }: ClassifierSpec): number => CLASSIFIERS[network].length(height, width);

/** F. */
export const featureCount = (spec: ClassifierSpec): number => CLASSIFIERS[spec.network].hidden ?? lengthOf(spec);

/**
 * Shapes of the parameters by path, in tfjs' layout: filters [k, k, inputs, outputs], linear layers [inputs, outputs],
 * gains and biases of maps [C], the last layer's gain [].
 */
export function classifierShapes(spec: ClassifierSpec): Map<string, readonly number[]> {
  const { layers, scaled, hidden } = CLASSIFIERS[spec.network];
  return new Map<string, readonly number[]>([
    ...layers(spec.channels).map(({ path, kernel, inputs, outputs }) => [path, [kernel, kernel, inputs, outputs]] as const),
    ...scaled.flatMap(([path, channels]) => ["gain", "bias"].map((name) => [`${path}.${name}`, [channels]] as const)),
    ...(hidden === undefined ? [] : [["hidden", [lengthOf(spec), hidden]] as const]),
    ["out", [featureCount(spec), spec.classes]],
    ["out.gain", []],
  ]);
}

/** Whether parameters of this shape are filters. The network computes with filters of unit norm. */
export const isFilter = (shape: readonly number[]): boolean => shape.length > 1;

/** images [B, H, W, C] in [-1, 1] -> features [B, F]. */
export function featuresOf(tf: Tf, spec: ClassifierSpec, weights: WeightTensors, images: TF.Tensor): TF.Tensor2D {
  const ops = tensorOps(tf, weights);
  const trunk: Trunk = CLASSIFIERS[spec.network];
  const layers = new Map(trunk.layers(spec.channels).map((layer) => [layer.path, layer]));
  const conv = (path: string, x: TF.Tensor): TF.Tensor => ops.conv(x, path, layers.get(path) as Layer);
  const parameter = (path: string): TF.Tensor => weights.get(path) as TF.Tensor;
  const vector = trunk.vector({ tf, ops, conv, parameter }, images);
  if (trunk.hidden === undefined) return vector as TF.Tensor2D;
  return ops.silu(ops.linear(vector, "hidden", lengthOf(spec), trunk.hidden)) as TF.Tensor2D;
}

/** features [B, F] -> logits [B, K]. */
export function logitsOf(tf: Tf, spec: ClassifierSpec, weights: WeightTensors, features: TF.Tensor): TF.Tensor2D {
  const ops = tensorOps(tf, weights);
  return ops.gain(ops.linear(features, "out", featureCount(spec), spec.classes), "out.gain") as TF.Tensor2D;
}
