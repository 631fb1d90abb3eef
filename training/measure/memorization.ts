/**
 * Tests whether a model copies training images: compares the mean distance of its images to the nearest of them with that of real
 * images. Each class counts as much as any other.
 */
import { joined } from "../../wasm-model/schema/bytes.ts";
import { counted } from "../../wasm-model/schema/text.ts";
import { meanOf } from "../network/held-out.ts";
import type { Tf } from "../network/score-network.ts";
import type { LabelledImages } from "../network/shape.ts";
import type { Split } from "../network/split.ts";
import { nearestImages } from "./neighbours.ts";

/** Images to draw for the test, of the classes in turn. */
export const DRAWN = 64;
/** Real ones that they are compared with, and the fewest held-out ones: where there are fewer, training images stand for them. */
const [REAL, FEWEST_HELD_OUT] = [256, 16];
/** Images that are so much closer to training images than real ones are copies. */
const CLOSE = 0.8;
/** Smaller distances are rounding errors. */
const SAME = 1e-2;

export interface Memorization {
  /** For each image, the index of the nearest training image. */
  readonly nearest: readonly number[];
  /** Mean distances to the nearest training image, for values in [-1, 1]: of the images, and of real ones unless there are none to compare with. */
  readonly distance: number;
  readonly real?: number;
  /** Whether the images are so much closer than real ones. */
  readonly isCopying: boolean;
}

/** Tests images [N, H, W, C] of the classes in turn. */
export async function memorization(
  tf: Tf,
  { train, test, width, height, channels, labels }: LabelledImages & { readonly test: Split },
  images: Uint8Array,
): Promise<Memorization> {
  const size = width * height * channels;
  const nearest = await nearestImages(tf, images, train, size);
  const heldOut = await realDistances(tf, test, train, labels.length, size);
  const isEnough = heldOut.flat().length >= FEWEST_HELD_OUT && meanOf(heldOut.flat()) > SAME; // without held-out images, training images replace them
  const trained = isEnough && heldOut.every((of) => of.length > 0) ? [] : await realDistances(tf, train, train, labels.length, size);
  const known = heldOut.map((of, label) => (isEnough && of.length > 0 ? of : trained[label]));
  const own = known.map((_, label) => nearest.flatMap((one, i) => (i % labels.length === label ? [one.distance] : [])));
  const compared = [...labels.keys()].filter((label) => own[label].length > 0 && known[label].length > 0);
  const [distance, real] = [own, known].map((distances) => meanOf(compared.map((label) => meanOf(distances[label]))));
  const hasReal = Number.isFinite(real) && real > SAME;
  return {
    nearest: nearest.map(({ index }) => index),
    distance,
    isCopying: hasReal && distance < CLOSE * real,
    ...(hasReal && { real }),
  };
}

/** By class, distances of images of a split to the nearest training images, other than the image itself and those near to it. */
async function realDistances(tf: Tf, split: Split, train: Split, classes: number, size: number): Promise<number[][]> {
  const most = Math.ceil(REAL / classes);
  const chosen = Array.from({ length: classes }, (_, label) => {
    const own = Array.from(split.labels.keys()).filter((i) => split.labels[i] === label);
    const count = Math.min(own.length, most);
    return Array.from({ length: count }, (_, i) => own[Math.floor((i * own.length) / count)]); // spread over a split that may be sorted
  });
  const all = chosen.flat();
  const pixels = joined(all.map((i) => split.images(i, i + 1)));
  const families = split === train ? all.map((i) => train.families[i]) : undefined;
  const found = (await nearestImages(tf, pixels, train, size, families)).values();
  return chosen.map((own) => own.map(() => found.next().value!.distance));
}

/** In one sentence. */
export function describeMemorization({ distance, real }: Memorization, trainingImages: number): string {
  const far = `Memorization: the images' mean distance to the nearest of the ${counted(trainingImages, "training image")} is ${distance.toFixed(3)}`;
  if (real === undefined) return `${far}; there are no other real images to compare with.`;
  return `${far}, ${(distance / real).toFixed(2)} times that of real images (far below 1: copies).`;
}
