/** Which images of a folder are held out, and the order of all. */
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";

export type SplitName = "train" | "test";

/** An image with its class. */
export interface PlacedFile {
  readonly path: string;
  readonly split: SplitName;
  /** Index into the classes. */
  readonly label: number;
}

/** Without test images, one in this many of each class is held out. */
const HOLD_OUT = 10;

/**
 * Training and test images. Without test images a tenth of each class is held out, rounded, but at least one of two or
 * more. The choice and the order of both splits depend only on the paths. The order mixes classes, so the first few
 * hundred images are a fair sample. `inOrder`: the names of the files are their order.
 */
export function splitImages<File extends PlacedFile>(files: readonly File[], inOrder = false): Record<SplitName, readonly File[]> {
  const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
  const rankOf = (path: string): string => (inOrder ? nameOf(path) : sha256Hex(new TextEncoder().encode(path)));
  const ranks = new Map(files.map(({ path }) => [path, rankOf(path)]));
  const byRank = (a: File, b: File): number => ((ranks.get(a.path) as string) < (ranks.get(b.path) as string) ? -1 : 1);
  const own = files.filter(({ split }) => split === "test");
  const test = own.length > 0 ? own : heldOut(files, byRank);
  const isTest = new Set(test);
  return { train: files.filter((file) => !isTest.has(file)).sort(byRank), test: test.toSorted(byRank) };
}

function heldOut<File extends PlacedFile>(files: readonly File[], order: (a: File, b: File) => number): File[] {
  return [...new Set(files.map(({ label }) => label))].flatMap((label) => {
    const own = files.filter((file) => file.label === label).sort(order);
    return own.slice(0, own.length < 2 ? 0 : Math.max(1, Math.round(own.length / HOLD_OUT)));
  });
}
