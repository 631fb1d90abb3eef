/**
 * A data set small enough to train on within a test: 8x8 images, a bright square whose corner is the class, in IDX
 * files.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { idxBytes } from "../training/data/idx-files.ts";

const SIZE = 8;
const CLASSES = 4;

/** Writes the four IDX files of `count` training images (and a quarter as many test images) into a new folder. */
export function writeTinyDataset(folder: string, count = 200): string {
  mkdirSync(folder, { recursive: true });
  writeSplit(folder, "train", count);
  writeSplit(folder, "t10k", count / 4);
  return folder;
}

function writeSplit(folder: string, name: string, count: number): void {
  const labels = Array.from({ length: count }, (_, i) => i % CLASSES);
  const pixels = labels.flatMap((label, i) =>
    Array.from({ length: SIZE * SIZE }, (_, at) => {
      const [y, x] = [Math.floor(at / SIZE), at % SIZE];
      const inCorner = y >= 4 === label >= 2 && x >= 4 === (label % 2 === 1);
      return inCorner ? 200 + ((i * 7 + at) % 56) : (i * 5 + at) % 40;
    }),
  );
  writeFileSync(join(folder, `${name}-images-idx3-ubyte`), idxBytes([count, SIZE, SIZE], pixels));
  writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), idxBytes([count], labels));
}
