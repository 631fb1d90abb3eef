/**
 * The cost of an image: multiply-accumulates of network and enlarger, and an allowance for everything else
 * (`npm run bench -- workerd --costs` measures both constants).
 */
import type { ModelCard } from "../model/card.ts";
import { macsOf } from "../network/count.ts";
import { TRANSPARENT } from "../request/colours.ts";
import { type Appearance, cellsOf, type Settings } from "../request/resolve.ts";
import { enlargerMacs, isSharpened } from "./enlarge.ts";

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
export function costOf(priced: Priced, card: Pick<ModelCard, "spec" | "crop">): number {
  const { nfe, n, frames = 1, width, height, colours, radius } = priced;
  const { spec } = card;
  const isTransparent = radius || colours?.background === TRANSPARENT;
  const channels = isTransparent ? 4 : colours ? 3 : spec.channels;
  const enlarging = isSharpened(priced, card) ? (n ?? 1) * enlargerMacs(card) : 0;
  return IMAGE_COST + nfe * macsOf(spec) + enlarging + BYTE_COST * cellsOf(n) * frames * width * height * channels;
}
