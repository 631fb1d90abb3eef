/** Warnings and remarks on a folder of images, a line each. */
import type { Size } from "../../wasm-model/network/spec.ts";
import type { Skipped } from "./class-folders.ts";
import type { ConversionSettings } from "./conversion.ts";
import type { Dataset } from "./dataset.ts";
import { namesOf } from "./pixel-art.ts";
import { cutPictures } from "./sizes.ts";

/** Examples of skipped files, and sizes, that are named. */
const EXAMPLES = 3;
const SIZES = 5;
/** Files of fewer pixels across, or so many times as long as wide, show nothing at the size of a model. */
const [NARROW, LONG] = [8, 8];
/** With fewer training images a network memorizes them. */
const FEW = 100;

/** `images`: their sizes in the files. `alike`: a line on equal and near pictures. */
export function remarksOn(
  images: readonly (Size & { readonly path: string })[],
  skipped: readonly Skipped[],
  { width, height, crop }: ConversionSettings,
  { train, test, alike }: { readonly train: number; readonly test: number; readonly alike: string | undefined },
): Pick<Dataset, "notes" | "details"> {
  const counts = new Map<string, number>();
  for (const image of images) {
    const size = `${image.width}x${image.height}`;
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  const sizes = [...counts].map(([size, count]) => ({ size, count }));
  sizes.sort((a, b) => b.count - a.count || (a.size < b.size ? -1 : 1));
  const common = sizes.slice(0, SIZES).map(({ size, count }) => `${size} (${count})`);
  const more = sizes.length > SIZES ? ` and ${sizes.length - SIZES} more` : "";

  const isSmaller = (image: Size): boolean => {
    const [isNarrow, isLow] = [image.width < width, image.height < height];
    return crop === "contain" ? isNarrow && isLow : isNarrow || isLow;
  };
  const found = images.filter(isSmaller);
  const count = found.length;
  const size = found.every((image) => image.width < width && image.height < height) ? "smaller" : "narrower or lower";
  const fate = crop === "center" ? "padded" : "scaled up";
  const smaller = `${count === images.length ? "all" : count} ${size} than ${width}x${height} and ${fate}${namesBut(images, found)}`;

  const notes: string[] = [];
  if (skipped.length > 0) notes.push(`skipped ${skipped.length} of ${images.length + skipped.length} files: ${describeSkipped(skipped)}`);
  if (sizes.length > 1) {
    notes.push(
      `images of ${sizes.length} sizes become ${width}x${height}: most common ${sizes[0].size}, ${count > 0 ? smaller : "none enlarged"}`,
    );
  } else if (count > 0) notes.push(`images of ${sizes[0].size}: ${smaller}`);
  const { cut, most } = cutPictures(images, { width, height, crop });
  if (cut.length > 0) {
    const which = cut.length === images.length ? "all" : `${cut.length} of ${images.length}`;
    notes.push(
      `${which} pictures are cut${namesBut(images, cut)}, by up to ${Math.round(100 * most)} %: \`--crop contain\` keeps them whole, with padding`,
    );
  }
  const odd = images.filter(({ width, height }) => Math.min(width, height) < Math.max(NARROW, Math.max(width, height) / LONG));
  if (odd.length > 0)
    notes.push(
      `hardly pictures, of fewer than ${NARROW} pixels across or over ${LONG} times as long as wide, and better taken out: ${odd.length} (${namesOf(odd)})`,
    );
  if (alike) notes.push(alike);
  if (train === 1) notes.push("only one training image: the model can only reproduce it");
  else if (train < FEW)
    notes.push(`only ${train} training images, with ${test} held out beside them: a long run would learn them by heart`);
  if (test === 0)
    notes.push("no image is held out, since no class has enough that differ: held-out losses are measured on training images");
  return { notes, details: [`sizes of the ${images.length} images: ${common.join(", ")}${more}`] };
}

/** The names of these pictures, unless they are all. */
const namesBut = (all: readonly unknown[], those: Parameters<typeof namesOf>[0]): string =>
  those.length === all.length ? "" : ` (${namesOf(those)})`;

/** The reasons and the first files of each, the most common reason first. */
export function describeSkipped(skipped: readonly Skipped[]): string {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  const groups = reasons.map((reason) => [reason, skipped.filter((file) => file.reason === reason)] as const);
  groups.sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
  const described = groups.map(([reason, files]) => {
    const names = files.map(({ path }) => path).sort();
    const examples = names.slice(0, EXAMPLES).map((name) => JSON.stringify(name));
    return `${files.length} ${reason} (${examples.join(", ")}${names.length > EXAMPLES ? ", ..." : ""})`;
  });
  return described.join("; ");
}
