/** Remarks about a set of images, one line each. */

import type { ConversionSettings } from "./conversion.ts";
import type { Skipped } from "./layout.ts";

export interface SkippedGroup {
  readonly reason: string;
  readonly count: number;
  /** The first few paths. */
  readonly examples: readonly string[];
}

/** What was found in the folder. */
export interface Found {
  readonly pictures: number;
  readonly skipped: readonly SkippedGroup[];
  /** Sizes ("30x22") and their counts, the most common first; at most SIZES of them. */
  readonly sizes: readonly (readonly [size: string, count: number])[];
  readonly differentSizes: number;
  /** Number of images smaller than the wanted size. */
  readonly smaller: number;
}

const EXAMPLES = 3;
const SIZES = 5;
/** With fewer training images a network memorizes them. */
const FEW = 100;

export function gather(
  images: readonly { readonly width: number; readonly height: number }[],
  skipped: readonly Skipped[],
  { width, height, crop }: ConversionSettings,
): Found {
  const counts = new Map<string, number>();
  let smaller = 0;
  for (const image of images) {
    const size = `${image.width}x${image.height}`;
    counts.set(size, (counts.get(size) ?? 0) + 1);
    const isNarrow = image.width < width;
    const isLow = image.height < height;
    if (crop === "contain" ? isNarrow && isLow : isNarrow || isLow) smaller += 1;
  }
  const sizes = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { pictures: images.length, skipped: groups(skipped), sizes: sizes.slice(0, SIZES), differentSizes: sizes.length, smaller };
}

function groups(skipped: readonly Skipped[]): SkippedGroup[] {
  const byReason = new Map<string, string[]>();
  for (const { path, reason } of skipped) {
    const paths = byReason.get(reason);
    if (paths) paths.push(path);
    else byReason.set(reason, [path]);
  }
  return [...byReason]
    .map(([reason, paths]) => ({ reason, count: paths.length, examples: paths.sort().slice(0, EXAMPLES) }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

const describeGroups = (skipped: readonly SkippedGroup[]): string =>
  skipped
    .map(({ reason, count, examples }) => {
      const names = examples.map((name) => JSON.stringify(name)).join(", ");
      return `${count} ${reason} (${names}${count > examples.length ? ", ..." : ""})`;
    })
    .join("; ");

export const describeSkipped = (skipped: readonly Skipped[]): string => describeGroups(groups(skipped));

const describeSizes = ({ sizes, differentSizes }: Found): string => {
  const more = differentSizes - sizes.length;
  return `${sizes.map(([size, count]) => `${size} (${count})`).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

export const describeFound = (found: Found): string => `sizes of the ${found.pictures} images: ${describeSizes(found)}`;

export function notesOn(found: Found, settings: ConversionSettings, { train, test }: { train: number; test: number }): string[] {
  const { width, height, crop } = settings;
  const notes: string[] = [];
  if (found.skipped.length > 0) {
    const count = found.skipped.reduce((sum, group) => sum + group.count, 0);
    notes.push(`skipped ${count} of ${found.pictures + count} files: ${describeGroups(found.skipped)}`);
  }
  const fate = crop === "center" ? "padded" : "scaled up";
  const smaller = `${found.smaller === found.pictures ? "all" : found.smaller} smaller than ${width}x${height} and ${fate}`;
  if (found.differentSizes > 1) {
    notes.push(
      `images of ${found.differentSizes} sizes become ${width}x${height}: most common ${found.sizes[0][0]}, ${found.smaller > 0 ? smaller : "none enlarged"}`,
    );
  } else if (found.smaller > 0) notes.push(`images of ${found.sizes[0][0]}: ${smaller}`);
  notes.push(...notesOnFew(train));
  if (test === 0) notes.push("no image is held out, since no class has two: held-out losses are measured on training images");
  return notes;
}

/** The warning about few training images. */
export function notesOnFew(train: number): string[] {
  if (train >= FEW) return [];
  return [
    train === 1
      ? "one training image: the network will draw nothing else"
      : `only ${train} training images: the network will memorize them`,
  ];
}
