/**
 * The classifier of a data set's images: a small magnitude-preserving residual network, made of the same operations as the score network. What it sees in an
 * image just before it decides, its *features*, is what distances between sets of images are measured in.
 * B images of H x W pixels, C channels, K classes, F = FEATURES.
 */
import type * as TF from "@tensorflow/tfjs";
import type { ConvShape, Ops } from "../../wasm-model/network/ops.ts";
import type { Dataset } from "../data/dataset.ts";
import { type Tf, tensorOps, type Weights } from "../network/score-network.ts";

export const FEATURES = 96;

/** Shapes by name: channels and residual blocks of each level, at a half of the image's size, at a quarter, ... `large` is for photographs. */
export const CLASSIFIERS = {
  small: [
    { channels: 64, blocks: 1 },
    { channels: 96, blocks: 2 },
  ],
  large: [
    { channels: 96, blocks: 1 },
    { channels: 192, blocks: 2 },
    { channels: 256, blocks: 2 },
  ],
} as const satisfies Record<string, readonly { readonly channels: number; readonly blocks: number }[]>;
export type ClassifierName = keyof typeof CLASSIFIERS;

/** Channels that are left when place begins to matter: the last maps are squeezed to so many and read as one vector. */
const SQUEEZED = 32;

/** What the classifier must know of a data set, and its own shape. */
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

interface Layer extends ConvShape {
  readonly path: string;
}

/** All convolutions in order: those of level l are `${l}.in`, then `${l}.0`, `${l}.1`, ... */
function layersOf({ channels, network }: ClassifierSpec): Layer[][] {
  let inputs = 4 * channels + 1;
  return CLASSIFIERS[network].map(({ channels: outputs, blocks }, level) => {
    const entrance: Layer = { path: `${level}.in`, inputs, outputs, kernel: level === 0 ? 3 : 1 };
    inputs = outputs;
    return [entrance, ...Array.from({ length: blocks }, (_, b): Layer => ({ path: `${level}.${b}`, inputs, outputs, kernel: 3 }))];
  });
}

function squeezeOf({ network }: ClassifierSpec): Layer {
  const { channels } = CLASSIFIERS[network].at(-1) as { channels: number };
  return { path: "squeeze", inputs: channels, outputs: SQUEEZED, kernel: 1 };
}

/** What height and width are padded to multiples of. */
const unitOf = ({ network }: ClassifierSpec): number => 1 << CLASSIFIERS[network].length;

/** Length of the squeezed maps. */
function placesOf(spec: ClassifierSpec): number {
  const unit = unitOf(spec);
  return Math.ceil(spec.height / unit) * Math.ceil(spec.width / unit) * SQUEEZED;
}

/** Shapes of the parameters by path, in tfjs' layout: filters [k, k, inputs, outputs], linear layers [inputs, outputs], the last one's gain []. */
export function classifierShapes(spec: ClassifierSpec): Map<string, readonly number[]> {
  const filters = [...layersOf(spec).flat(), squeezeOf(spec)].map(
    ({ path, kernel, inputs, outputs }) => [path, [kernel, kernel, inputs, outputs]] as const,
  );
  return new Map<string, readonly number[]>([
    ...filters,
    ["hidden", [placesOf(spec), FEATURES]],
    ["out", [FEATURES, spec.classes]],
    ["out.gain", []],
  ]);
}

/** images [B, H, W, C] in [-1, 1], of any size -> features [B, F]. `ops`: an interpreter of the same weights, for whoever watches the layers. */
export function featuresOf(
  tf: Tf,
  spec: ClassifierSpec,
  weights: Weights,
  images: TF.Tensor,
  ops: Ops<TF.Tensor> = tensorOps(tf, weights),
): TF.Tensor2D {
  const squeeze = squeezeOf(spec);
  let x = ops.appendOne(ops.spaceToDepth(paddedTo(tf, images, unitOf(spec))));
  for (const [level, [entrance, ...blocks]] of layersOf(spec).entries()) {
    x = ops.conv(level === 0 ? x : ops.downsample(x), entrance.path, entrance);
    for (const block of blocks) x = ops.mpSum(x, ops.conv(ops.silu(x), block.path, block), 0.5);
  }
  const places = tf.reshape(ops.silu(ops.conv(ops.silu(x), squeeze.path, squeeze)), [-1, placesOf(spec)]);
  return ops.silu(ops.linear(places, "hidden", placesOf(spec), FEATURES)) as TF.Tensor2D;
}

/** Zeros all around, as a convolution sees beyond the border. */
function paddedTo(tf: Tf, images: TF.Tensor, unit: number): TF.Tensor {
  const [, height, width] = images.shape as [number, number, number, number];
  const [rows, columns] = [height, width].map((size) => {
    const missing = Math.ceil(size / unit) * unit - size;
    return [Math.floor(missing / 2), Math.ceil(missing / 2)] as [number, number];
  });
  if (rows[1] === 0 && columns[1] === 0) return images;
  return tf.pad(images, [[0, 0], rows, columns, [0, 0]]);
}

/** features [B, F] -> logits [B, K]. */
export function logitsOf(tf: Tf, { classes }: ClassifierSpec, weights: Weights, features: TF.Tensor): TF.Tensor2D {
  const ops = tensorOps(tf, weights);
  return ops.gain(ops.linear(features, "out", FEATURES, classes), "out.gain") as TF.Tensor2D;
}
