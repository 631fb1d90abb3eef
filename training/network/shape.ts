/** The network for a data set: its shape, and the size that images are padded to. */
import type { CroppedShape } from "../../wasm-model/model/card.ts";
import { type ImageShape, NETWORKS, type NetworkName, type NetworkSpec, sizeUnit } from "../../wasm-model/network/spec.ts";
import { UserError } from "../cli/user-error.ts";
import { type Labelled, statistics } from "./split.ts";

/** Longest side of images, in pixels, that networks support. */
const LONGEST = 64;

/** What decides a network's shape. */
export interface LabelledImages extends Labelled, ImageShape {
  /** Of pixel art. */
  readonly palette?: readonly string[] | undefined;
}

type LevelSpec = Pick<NetworkSpec, "widths" | "encoderBlocks" | "decoderBlocks" | "bound">;

export interface NetworkShape {
  readonly spec: NetworkSpec;
  /** Where the images lie in the network's image: in its centre. Absent if they fill it. */
  readonly crop?: NonNullable<CroppedShape["crop"]>;
}

/** `network` for these images, padded to the next size that its levels can halve. Throws a UserError for unsupported images. */
export const shapeFor = (dataset: LabelledImages, network: NetworkName): NetworkShape =>
  shapeWith(dataset, NETWORKS[network], sigmaData(dataset));

function shapeWith(dataset: LabelledImages, levels: LevelSpec, scale: number): NetworkShape {
  const { height, width, channels, labels } = dataset;
  if (Math.max(height, width) > LONGEST) {
    throw new UserError(`Expected images of at most ${LONGEST} x ${LONGEST} pixels for \`data\` but received ${height} x ${width} pixels`);
  }
  if (channels !== 1 && channels !== 3) throw new UserError(`Expected grey or RGB images for \`data\` but received ${channels} channels`);
  const unit = sizeUnit(levels);
  const size = { height: Math.ceil(height / unit) * unit, width: Math.ceil(width / unit) * unit };
  const top = Math.floor((size.height - height) / 2);
  const left = Math.floor((size.width - width) / 2);
  const fills = size.height === height && size.width === width;
  return {
    spec: { ...size, channels, classes: labels.length, sigmaData: scale, ...levels, ...(labels.length === 1 && { unconditional: true }) },
    ...(!fills && { crop: { top, left, height, width } }),
  };
}

/** The network of these weights for a data set's images. Throws a UserError, too, for images in colour and weights in grey. */
export function shapeFrom(dataset: LabelledImages, spec: NetworkSpec): NetworkShape {
  const { channels, sigmaData, widths, encoderBlocks, decoderBlocks, bound } = spec;
  if (dataset.channels > channels)
    throw new UserError("The model of `from` is grey, and the images of `data` are in colour: start from another one");
  return shapeWith(dataset, { widths, encoderBlocks, decoderBlocks, ...(bound !== undefined && { bound }) }, sigmaData);
}

/** Standard deviation of the training data, to one decimal: the preconditioning needs no more. */
const sigmaData = (dataset: LabelledImages): number => Math.max(0.1, Number(statistics(dataset).std.toFixed(1)));

/** The line that `--dry-run` prints. */
export function describeSize({ spec: { width, height }, crop }: CroppedShape): string {
  return `${width}x${height} pixels${crop ? `, padded from ${crop.width}x${crop.height}` : ""}`;
}
