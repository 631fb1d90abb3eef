/**
 * The cost of an image: multiply-accumulates of network and enlarger, and an allowance for everything else
 * (`npm run bench -- workerd --costs` measures both constants).
 */
import { type CroppedShape, hasMatte, type ModelCard, nativeShape } from "../model/card.ts";
import { finisherCounts, macsOf } from "../network/count.ts";
import { type FinisherName, MATTE_UNIT } from "../network/finishers.ts";
import type { Size } from "../network/spec.ts";
import { TRANSPARENT } from "../request/colours.ts";
import { type Appearance, cellsOf, type Settings } from "../request/resolve.ts";
import { isSharpened } from "./enlarge.ts";

/** For each image: parsing, noise, hashes and the answer (0.7 ms where an evaluation of 44 million took 0.86 ms). */
export const IMAGE_COST = 40e6;

/**
 * Added for each byte of the finished image's pixels: resizing, rounding and compressing it (54 ns for 128x128 in colour,
 * where an evaluation of 54 million took 1.13 ms).
 */
export const BYTE_COST = 2500;

/** What the cost depends on. */
type Priced = Appearance & Pick<Settings, "nfe" | "n" | "frames">;

/** The cost of an image by a model with this card. */
export function costOf(priced: Priced, card: ModelCard): number {
  const { nfe, n, frames = 1, width, height, colours, behind, radius } = priced;
  const { spec } = card;
  const isTransparent = radius || colours?.background === TRANSPARENT || (card.cutOut && !behind);
  const channels = isTransparent ? 4 : colours ? 3 : spec.channels;
  const enlarging = isSharpened(priced, card) ? enlargerMacs(card) * (card.cutOut ? 2 : 1) : 0; // colours, and opacity
  const cutting = hasMatte(card) ? finisherMacs("matte", spec) : 0;
  const bytes = cellsOf(n) * frames * width * height * channels;
  return IMAGE_COST + nfe * macsOf(spec) + (n ?? 1) * (enlarging + cutting) + BYTE_COST * bytes;
}

/** Multiply-accumulates of the enlarger for an image of this model. */
export const enlargerMacs = (card: CroppedShape): number => finisherMacs("enlarger", nativeShape(card));

const macsPerPixel = new Map<FinisherName, number>();

/** Multiply-accumulates of a finisher for an image of this size: as many for each pixel, since it only convolves. */
function finisherMacs(name: FinisherName, { height, width }: Size): number {
  const macs = macsPerPixel.get(name) ?? finisherCounts(name).macs / (MATTE_UNIT * MATTE_UNIT);
  macsPerPixel.set(name, macs);
  return height * width * macs;
}
