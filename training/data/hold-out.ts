/** Which pictures of a folder are learned, which are held out, and the order of all: the same in Node and in a page. */
import type { Size } from "../../wasm-model/network/spec.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { listed } from "../../wasm-model/schema/text.ts";
import { dropEqual, type LabelledPicture, nearPairs } from "./duplicates.ts";

export type SplitName = "train" | "test";

/** An image with its class. */
export interface PlacedFile {
  readonly path: string;
  readonly split: SplitName;
  /** Index into the classes. */
  readonly label: number;
}

interface Choice<P> {
  /** The classes that have pictures to learn from, in their order; the labels of the chosen pictures are indices into these. */
  readonly classes: readonly number[];
  readonly train: readonly P[];
  readonly test: readonly P[];
  /** For each training picture a number that it shares with those that are near to it, directly or by way of others. */
  readonly families: Int32Array;
  /** A line on equal and near pictures, if there are any. */
  readonly alike?: string;
}

/**
 * Keeps the first by path of equal training pictures, whatever their classes, and near ones on one side of the split, which files' and
 * classes' names do not change. A folder's test pictures stay as they are, but for those of classes without training pictures.
 */
export function choosePictures<P extends LabelledPicture & PlacedFile>(pictures: readonly P[], size: Size): Choice<P> {
  const sorted = pictures.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const all = sorted.filter(({ split }) => split === "train");
  const { kept, torn } = dropEqual(all, size);
  const classes = [...new Set(kept.map(({ label }) => label))].sort((a, b) => a - b);
  const relabelled = (chosen: readonly P[]): P[] => chosen.map((picture) => ({ ...picture, label: classes.indexOf(picture.label) }));
  const ranked = inRank(relabelled(kept));
  const given = relabelled(sorted.filter(({ split, label }) => split === "test" && classes.includes(label)));
  const count = ranked.length;

  const families = Int32Array.from(ranked.keys()); // a tree each: an index leads to another one of its family, or to itself
  const familyOf = (i: number): number => {
    while (families[i] !== i) i = families[i] = families[families[i]];
    return i;
  };
  const near = new Set<number>(); // given test pictures near a training picture
  for (const [a, b] of nearPairs([...ranked, ...given], size)) {
    if (a < count && b < count) families[familyOf(a)] = familyOf(b);
    else if (a < count || b < count) near.add(Math.max(a, b));
  }
  for (const i of families.keys()) families[i] = familyOf(i);

  const labels = ranked.map(({ label }) => label);
  const isHeldOut = given.length > 0 ? labels.map(() => false) : chooseHeldOut(labels, families);
  const alike = describeAlike({ equal: all.length - count, torn }, families, { given: given.length, near: near.size });
  return {
    classes,
    train: ranked.filter((_, i) => !isHeldOut[i]),
    test: given.length > 0 ? inRank(given) : ranked.filter((_, i) => isHeldOut[i]),
    families: families.filter((_, i) => !isHeldOut[i]),
    ...(alike && { alike }),
  };
}

/** In an order that depends only on the pixels. It mixes classes, so the first few hundred images are a fair sample. */
function inRank<P extends Pick<LabelledPicture, "pixels">>(pictures: readonly P[]): P[] {
  const ranked = pictures.map((picture) => ({ picture, rank: sha256Hex(picture.pixels) }));
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : Number(a.rank > b.rank))).map(({ picture }) => picture);
}

/** One in this many of each class is held out. */
const HOLD_OUT = 10;

/**
 * Which of these images, in their order, are held out: the first tenth of each class, rounded, but at least one of two or
 * more. A family is held out as a whole, if that takes at most twice as many of a class, and at most half of it.
 */
export function chooseHeldOut(labels: ArrayLike<number>, families: ArrayLike<number>): boolean[] {
  const sizes = countsOf(Array.from(labels));
  const wanted = (label: number): number => (sizes.get(label)! < 2 ? 0 : Math.max(1, Math.round(sizes.get(label)! / HOLD_OUT)));
  const most = (label: number): number => Math.min(2 * wanted(label), sizes.get(label)! / 2);
  const members = new Map<number, number[]>();
  for (const [i, family] of Array.from(families).entries()) {
    if (!members.get(family)?.push(i)) members.set(family, [i]);
  }
  const held = new Map([...sizes.keys()].map((label) => [label, 0]));
  const isHeldOut = Array.from(labels, () => false);
  for (const family of members.values()) {
    const counts = [...countsOf(family.map((i) => labels[i]))];
    const isWanted = counts.some(([label]) => held.get(label)! < wanted(label));
    if (!isWanted || counts.some(([label, count]) => held.get(label)! + count > most(label))) continue;
    for (const [label, count] of counts) held.set(label, held.get(label)! + count);
    for (const i of family) isHeldOut[i] = true;
  }
  return isHeldOut;
}

function countsOf(labels: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** Undefined if there is nothing to say. */
function describeAlike(
  { equal, torn }: { readonly equal: number; readonly torn: readonly string[] },
  families: Int32Array,
  test: { readonly given: number; readonly near: number },
): string | undefined {
  const sizes = [...countsOf([...families]).values()];
  const near = sizes.reduce((sum, size) => sum + (size > 1 ? size : 0), 0);
  const parts = [
    ...(equal > 0 ? [`pictures left out because another is the same: ${equal}`] : []),
    ...(torn.length > 0 ? [`of these in another class: ${torn.length} (${listed(torn, 3)})`] : []),
    ...(near > 0 ? [`pictures nearly the same as another: ${near} (that is fine)`] : []),
    ...(test.near > 0 ? [`test pictures that are the same as a training picture, or nearly: ${test.near} of ${test.given}`] : []),
  ];
  return parts.length > 0 ? parts.join("; ") : undefined;
}
