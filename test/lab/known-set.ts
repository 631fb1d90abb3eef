/**
 * A known data set, and its folder: `train/{class}/{number}.png` and `test/{class}/{number}.png`, whose numbers are the
 * set's own order.
 */

import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expectNewFolder, makeFolder } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { UserError } from "../../training/cli/user-error.ts";
import type { SplitName } from "../../training/data/hold-out.ts";
import { folderOf } from "../../training/data/load.ts";

export interface SetImage {
  readonly split: SplitName;
  readonly label: number;
  readonly png: Uint8Array;
}

export interface KnownSet {
  /** SPDX identifier, or "unknown". */
  readonly licence: string;
  /** Class names in label order. */
  readonly labels: readonly string[];
  readonly count: number;
  /** In the set's own order, made one by one. */
  readonly images: Iterable<SetImage>;
}

/** Writes the folder `out`, which is complete or absent. Throws a UserError unless it is new or empty and can be written. */
export async function writeSet(out: string, { labels, count, images }: KnownSet): Promise<Record<SplitName, number>> {
  expectNewFolder(out);
  const temporary = `${resolve(out)}.${process.pid}.tmp`;
  const counts = { train: 0, test: 0 };
  const bar = progress("writing images", count);
  try {
    for (const split of ["train", "test"]) for (const label of labels) makeFolder(join(temporary, split, folderOf(label)));
    for (const { split, label, png } of images) {
      const name = `${String(counts[split]++).padStart(6, "0")}.png`;
      writeFileSync(join(temporary, split, folderOf(labels[label]), name), png);
      bar.update(counts.train + counts.test);
    }
    renameSync(temporary, resolve(out));
    return counts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UserError(`The images cannot be written to \`${out}\`: ${(error as Error).message}`);
  } finally {
    bar.stop(); // a running bar keeps the process alive
    rmSync(temporary, { recursive: true, force: true });
  }
}
