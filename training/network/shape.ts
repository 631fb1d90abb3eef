/** The network for a data set: its shape, and the size that images are padded to. */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { NETWORKS, type NetworkName, type NetworkSpec, sizeUnit } from "../../wasm-model/network/spec.ts";
import type { PaddedShape } from "../../wasm-model/render/image/pixels.ts";
import { UserError } from "../cli/user-error.ts";
import { type Labelled, statistics } from "./split.ts";

/** Longest side of images, in pixels, that networks support. */
const LONGEST = 64;

/** The size of images in pixels. */
export interface Images {
  readonly height: number;
  readonly width: number;
}

/** What decides a network's shape. */
export type LabelledImages = Images & Labelled & { readonly channels: number };

/**
 * Size classes of images, whose networks have two, three or four levels. For images of 16 to 64 pixels the lowest level
 * has 4 to 7 pixels along the longer side.
 */
export type SizeClass = "small" | "middle" | "large";

export function sizeClass({ height, width }: Images): SizeClass {
  const side = Math.max(height, width);
  if (side <= 28) return "small";
  return side <= 48 ? "middle" : "large";
}

export interface NetworkShape {
  readonly spec: NetworkSpec;
  /** Where the images lie in the network's image: in its centre. Absent if they fill it. */
  readonly crop?: NonNullable<ModelCard["crop"]>;
}

/**
 * The network `network` for a data set's images, padded to the next size that its levels can halve. Throws a UserError
 * for images that no network supports.
 */
export function shapeFor(dataset: LabelledImages, network: NetworkName): NetworkShape {
  const { height, width, channels, labels } = dataset;
  if (Math.max(height, width) > LONGEST) {
    throw new UserError(`Expected images of at most ${LONGEST} x ${LONGEST} pixels for \`data\` but received ${height} x ${width} pixels`);
  }
  if (channels !== 1 && channels !== 3) throw new UserError(`Expected grey or RGB images for \`data\` but received ${channels} channels`);
  const levels = NETWORKS[network];
  const unit = sizeUnit(levels);
  const size = { height: Math.ceil(height / unit) * unit, width: Math.ceil(width / unit) * unit };
  const top = Math.floor((size.height - height) / 2);
  const left = Math.floor((size.width - width) / 2);
  const fills = size.height === height && size.width === width;
  return {
    spec: { ...size, channels, classes: labels.length, sigmaData: sigmaData(dataset), ...levels },
    ...(!fills && { crop: { top, left, height, width } }),
  };
}

/** Standard deviation of the training data, to one decimal: the preconditioning needs no more. */
const sigmaData = (dataset: LabelledImages): number => Math.max(0.1, Number(statistics(dataset).std.toFixed(1)));

/** The line that `--dry-run` prints. */
export function describeSize({ spec: { width, height }, crop }: PaddedShape): string {
  return `${width}x${height} pixels${crop ? `, padded from ${crop.width}x${crop.height}` : ""}`;
}
