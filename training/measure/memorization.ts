/**
 * Tests whether a model copies training images: compares the mean distance of its images to the nearest of them with that of real
 * images, class by class.
 */
import { joined } from "../../wasm-model/schema/bytes.ts";
import { counted } from "../../wasm-model/schema/text.ts";
import { meanOf } from "../network/held-out.ts";
import type { Tf } from "../network/score-network.ts";
import type { LabelledImages } from "../network/shape.ts";
import { classCountsOf, type Split } from "../network/split.ts";
import { type Neighbour, nearestImages } from "./neighbours.ts";

/** The fewest images that are drawn, the fewest held-out ones, and the fewest of either kind for a ratio of one class. */
const [DRAWN, HELD_OUT, OF_CLASS] = [64, 256, 16];
/** More classes would take too long: then the smallest ones are tested, which are the likeliest to be copied. */
const MOST_CLASSES = 64;
/** Images that are so much closer to training images than real ones are copies: of all classes, or of one, whose few distances scatter more. */
const [CLOSE, CLOSE_CLASS] = [0.8, 0.5];
/** The fewest real images to compare a class with: the mean of fewer is chance. */
const FEWEST_REAL = 4;
/** Smaller distances are rounding errors. */
const SAME = 1e-2;

export interface Memorization {
  /** For each image, the index of the nearest training image. */
  readonly nearest: readonly number[];
  /**
   * Mean distances to the nearest training image, for values in [-1, 1], with each class as often as in the training set:
   * of the images, and of real ones unless there are none to compare with.
   */
  readonly distance: number;
  readonly real?: number;
  /** Whether the images are so much closer than real ones. */
  readonly isCopying: boolean;
  /** The class whose images are closest to training images, compared with its real ones, if they are far too close. */
  readonly closest?: { readonly label: string; readonly ratio: number };
}

/** The images to draw for the test: the same number of each tested class, in turn. */
export function imagesToTest(classCounts: readonly number[]): { readonly count: number; readonly classCounts: readonly number[] } {
  const smallest = classCounts.map((_, label) => label).sort((a, b) => classCounts[a] - classCounts[b]);
  const tested = new Set(smallest.slice(0, MOST_CLASSES));
  const ofClass = Math.max(OF_CLASS, Math.ceil(DRAWN / tested.size));
  return { count: ofClass * tested.size, classCounts: classCounts.map((_, label) => (tested.has(label) ? 1 : 0)) };
}

/**
 * Tests images [N, H, W, C] of these classes. Real images of a class are held-out ones. If they are too few they are
 * training images, each compared with all that are not near to it.
 */
export async function memorization(
  tf: Tf,
  { train, test, width, height, channels, labels }: LabelledImages & { readonly test: Split },
  images: Uint8Array,
  classes: ArrayLike<number>,
): Promise<Memorization> {
  const size = width * height * channels;
  const nearest = await nearestImages(tf, images, train, size);
  const tested = [...new Set(Array.from(classes))];
  const most = Math.max(OF_CLASS, Math.ceil(HELD_OUT / tested.length));
  const [heldOut, trained] = [
    await realNeighbours(tf, test, train, tested, most, size),
    await realNeighbours(tf, train, train, tested, most, size),
  ];
  const counts = classCountsOf({ train, labels });
  const found = tested.map((label) => {
    const own = distancesOf(nearest.filter((_, i) => classes[i] === label));
    const held = distancesOf(heldOut.get(label)!);
    const isEnough = held.length >= OF_CLASS && meanOf(held) > SAME; // without held-out images, training images replace them
    return { label: labels[label], images: counts[label], own, real: isEnough ? held : distancesOf(trained.get(label)!) };
  });
  // One real distance is chance: such classes count only where there are no others.
  const known = found.filter(({ real }) => real.length > 1);
  const compared = known.length > 0 ? known : found;
  const total = compared.reduce((sum, { images }) => sum + images, 0);
  const overall = (kind: "own" | "real") =>
    compared.reduce((sum, { images, [kind]: distances }) => sum + (images / total) * meanOf(distances), 0);
  const real = overall("real");
  const distance = overall("own");
  const hasReal = Number.isFinite(real) && real > SAME;
  const closest = hasReal && labels.length > 1 ? closestOf(found) : undefined;
  return {
    nearest: nearest.map(({ index }) => index),
    distance,
    isCopying: hasReal && distance < CLOSE * real,
    ...(hasReal && { real }),
    ...(closest && { closest }),
  };
}

/** The distances of a class to the nearest training images: of drawn images, and of real ones. */
interface ClassDistances {
  readonly label: string;
  readonly own: readonly number[];
  readonly real: readonly number[];
}

/** The class whose images are closest, in multiples of its real ones' distance, if they are far too close: the lowest of many ratios is low by chance. */
export function closestOf(classes: readonly ClassDistances[]): Memorization["closest"] {
  const ratios = classes.flatMap(({ label, own, real }) =>
    real.length >= FEWEST_REAL ? [{ label, ratio: meanOf(own) / meanOf(real) }] : [],
  );
  return ratios.filter(({ ratio }) => ratio < CLOSE_CLASS).sort((a, b) => a.ratio - b.ratio)[0];
}

/** By class, the nearest training images of at most `most` images of a split, other than the image itself and those near to it. */
async function realNeighbours(
  tf: Tf,
  split: Split,
  train: Split,
  classes: readonly number[],
  most: number,
  size: number,
): Promise<Map<number, readonly Neighbour[]>> {
  const chosen = classes.flatMap((label) => {
    const own = Array.from(split.labels.keys()).filter((i) => split.labels[i] === label);
    const count = Math.min(own.length, most);
    return Array.from({ length: count }, (_, i) => own[Math.floor((i * own.length) / count)]); // spread over a split that may be sorted
  });
  const pixels = joined(chosen.map((i) => split.images(i, i + 1)));
  const own = split === train ? chosen.map((i) => train.families[i]) : undefined;
  const found = await nearestImages(tf, pixels, train, size, own);
  return new Map(classes.map((label) => [label, found.filter((_, i) => split.labels[chosen[i]] === label)]));
}

/** In one sentence. */
export function describeMemorization({ distance, real, closest }: Memorization, trainingImages: number): string {
  const far = `Memorization: the images' mean distance to the nearest of the ${counted(trainingImages, "training image")} is ${distance.toFixed(3)}`;
  if (real === undefined) return `${far}; there are no other real images to compare with.`;
  const ofClass = closest ? `; of the closest class, ${closest.label}, ${closest.ratio.toFixed(2)} times` : "";
  return `${far}, ${(distance / real).toFixed(2)} times that of real images${ofClass} (far below 1: copies).`;
}

const distancesOf = (nearest: readonly Neighbour[]): number[] => nearest.map(({ distance }) => distance);
