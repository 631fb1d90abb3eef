/** `npm run lab -- dataset`: the sets' files, made up and small, become folders that are loaded as the sets are. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import type { Dataset } from "../../../training/data/dataset.ts";
import { inOrder, loadDataset } from "../../../training/data/load.ts";
import type { Size } from "../../../wasm-model/network/spec.ts";
import { temporaryFolder, writeFolder } from "../../support/files.ts";
import { pixel } from "../../training/data/made-up.ts";
import { type KnownSet, writeSet } from "../known-set.ts";
import { cifar10, type IdxSet, idxSet } from "../known-sets.ts";

const all = temporaryFolder("dataset");
let root: string;
let from: string;
beforeEach(() => {
  root = mkdtempSync(join(all, "of-a-test-"));
  from = join(root, "from");
});

/** The set after a round through a folder of images. */
async function written(found: KnownSet, size: Partial<Size> = {}): Promise<Dataset> {
  const out = join(root, "written");
  const { train, test } = await writeSet(out, found);
  expect(train + test).toBe(found.count);
  expect(readdirSync(root).sort()).toEqual(existsSync(from) ? ["from", "written"] : ["written"]);
  return inOrder(await loadDataset(out, size), found.labels);
}

const noise = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (Math.imul(i + seed, 2654435761) >>> 16) % 256);
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

describe("a set of the MNIST family", () => {
  const LABELS = [2, 0, 1, 2];
  const [IMAGES, OTHERS] = [noise(4 * 784), noise(2 * 784, 9)];
  const FILES = {
    "train-images-idx3-ubyte": Buffer.concat([Buffer.alloc(16), IMAGES]),
    "train-labels-idx1-ubyte": Buffer.concat([Buffer.alloc(8), Buffer.from(LABELS)]),
    "t10k-images-idx3-ubyte": Buffer.concat([Buffer.alloc(16), OTHERS]),
    "t10k-labels-idx1-ubyte": Buffer.concat([Buffer.alloc(8), Buffer.of(1, 0)]),
  };
  const TINY: IdxSet = {
    labels: ["T-shirt/top", "Coat", "a"],
    licence: "MIT",
    md5: Object.values(FILES).map(md5),
    url: "http://localhost:1/",
  };
  const zipped = (files: Record<string, Uint8Array>) =>
    Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));

  it.each([
    ["plain", FILES],
    ["gzipped", zipped(FILES)],
  ])("keeps pixels and classes, in the order of its labels (%s files)", async (_, files) => {
    const { train, test, ...set } = await written(await idxSet(TINY, writeFolder(from, files)), { width: 28, height: 28 });
    expect(set).toMatchObject({ labels: TINY.labels, width: 28, height: 28, channels: 1 });
    for (const [{ count, labels, images }, pixels, expected] of [
      [train, IMAGES, LABELS],
      [test, OTHERS, [1, 0]],
    ] as const) {
      const found = Array.from({ length: count }, (_, i) =>
        expected.findIndex((_, k) => Buffer.from(images(i, i + 1)).equals(pixels.subarray(784 * k, 784 * (k + 1)))),
      );
      expect(found.toSorted()).toEqual(expected.map((_, k) => k));
      expect(Array.from(labels)).toEqual(found.map((k) => expected[k]));
    }
  });
});

describe("cifar10", () => {
  /** Records of the labels: planar RGB. */
  const records = (labels: readonly number[]): Uint8Array =>
    Buffer.concat(
      labels.flatMap((label) => [Buffer.of(label), new Uint8Array(1024).fill(10), noise(1024, label), new Uint8Array(1024).fill(30)]),
    );
  const FILES = { "data_batch_2.bin": records([3]), "data_batch_1.bin": records([9, 0]), "test_batch.bin": records([0]) };

  it("keeps pixels and classes", async () => {
    const { train, test, labels, channels } = await written(cifar10(writeFolder(from, FILES)));
    expect(train.count + test.count).toBe(4);
    const names = Array.from(train.labels, (label) => labels[label]);
    expect(names.toSorted()).toEqual(["airplane", "cat", "truck"]);
    expect([channels, labels[test.labels[0]]]).toEqual([3, "airplane"]);
    const truck = names.indexOf("truck");
    expect(pixel(train.images(truck, truck + 1), 32, 5, 0)).toEqual([10, noise(6, 9)[5], 30]);
  });
});
