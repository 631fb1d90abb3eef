/** Data sets small enough to train on within a test: in memory, and in folders. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Dataset } from "../../training/data/dataset.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";

const SIZE = 8;
const CLASSES = 4;

const PICTURES = { width: 32, height: 32, crop: "cover", background: "ffffff", transparent: false, pixelArt: false } as const;

/** A data set without files. Its training images are held out, too, unless others are given. */
export const memoryDataset = (given: Pick<Dataset, "labels" | "height" | "width" | "channels" | "train"> & Partial<Dataset>): Dataset => ({
  ...{ name: "made-up", folder: "made-up", test: given.train, hasTest: false },
  ...{ large: [], pictures: PICTURES, notes: [], details: [] },
  ...given,
});

/**
 * Writes `count` training images (and a quarter as many test images), no two of them near: 8x8, a bright square whose corner
 * is the class. Classes are called 0, 1, ... A verb takes them as they are by `--size 8`.
 */
export function writeTinyDataset(folder: string, count = 200): string {
  for (const [split, images] of Object.entries({ train: tinyImages(0, count), test: tinyImages(count, count / 4) })) {
    for (const [i, { label, pixels }] of images.entries()) {
      const place = join(folder, split, String(label));
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, `${String(i).padStart(6, "0")}.png`), encodePng({ width: SIZE, height: SIZE, channels: 1, pixels }));
    }
  }
  return folder;
}

const tinyImages = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const label = i % CLASSES;
    const pixels = Uint8Array.from({ length: SIZE * SIZE }, (_, at) => {
      const [y, x] = [Math.floor(at / SIZE), at % SIZE];
      const inCorner = y >= 4 === label >= 2 && x >= 4 === (label % 2 === 1);
      const noise = Math.imul((first + i) * SIZE * SIZE + at + 1, 2654435761) >>> 16;
      return inCorner ? 200 + (noise % 56) : noise % 40;
    });
    return { label, pixels };
  });
