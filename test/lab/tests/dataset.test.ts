/** `npm run lab -- dataset`: the sets' files, made up and small, become folders that are loaded as the sets are. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import type { Dataset } from "../../../training/data/dataset.ts";
import { inOrder, loadDataset } from "../../../training/data/load.ts";
import type { Size } from "../../../wasm-model/network/spec.ts";
import { temporaryFolder, writeFolder } from "../../support/files.ts";
import { pixel } from "../../training/data/made-up.ts";
import { cifar10, idxSet, type KnownSet, writeSet } from "../known-sets.ts";

const root = temporaryFolder("dataset");

/** The set after a round through a folder of images. */
async function written(name: string, found: KnownSet, size: Partial<Size> = {}): Promise<Dataset> {
  const { train, test } = writeSet(join(root, name), found);
  expect(train + test).toBe(found.count);
  return inOrder(await loadDataset(join(root, name), size), found.labels);
}

const noise = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (Math.imul(i + seed, 2654435761) >>> 16) % 256);
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

it("a set of the MNIST family keeps pixels and classes, in the order of its labels, of plain files and gzipped ones", async () => {
  const [images, others, classes] = [noise(4 * 784), noise(2 * 784, 9), [2, 0, 1, 2]];
  const training = Buffer.concat([Buffer.alloc(16), images]);
  const plain = {
    "train-labels-idx1-ubyte": Buffer.concat([Buffer.alloc(8), Buffer.from(classes)]),
    "t10k-images-idx3-ubyte": Buffer.concat([Buffer.alloc(16), others]),
    "t10k-labels-idx1-ubyte": Buffer.concat([Buffer.alloc(8), Buffer.of(1, 0)]),
  };
  const from = writeFolder(join(root, "idx"), { "train-images-idx3-ubyte.gz": gzipSync(training), ...plain });
  const labels = ["T-shirt/top", "Coat", "a"];
  const found = await idxSet(
    { labels, licence: "MIT", md5: [training, ...Object.values(plain)].map(md5), url: "http://localhost:1/" },
    from,
  );
  const { train, test, ...set } = await written("mnist", found, { width: 28, height: 28 });
  expect(set).toMatchObject({ labels, width: 28, height: 28, channels: 1 });
  for (const [split, pixels, expected] of [
    [train, images, classes],
    [test, others, [1, 0]],
  ] as const) {
    const order = Array.from({ length: split.count }, (_, i) =>
      expected.findIndex((_, k) => Buffer.from(split.images(i, i + 1)).equals(pixels.subarray(784 * k, 784 * (k + 1)))),
    );
    expect(order.toSorted()).toEqual(expected.map((_, k) => k));
    expect(Array.from(split.labels)).toEqual(order.map((k) => expected[k]));
  }
});

it("cifar10 keeps pixels and classes", async () => {
  /** Records of the labels: planar RGB. */
  const records = (labels: readonly number[]): Uint8Array =>
    Buffer.concat(
      labels.flatMap((label) => [Buffer.of(label), new Uint8Array(1024).fill(10), noise(1024, label), new Uint8Array(1024).fill(30)]),
    );
  const files = { "data_batch_2.bin": records([3]), "data_batch_1.bin": records([9, 0]), "test_batch.bin": records([0]) };
  const { train, test, labels, channels } = await written("cifar10", cifar10(writeFolder(join(root, "records"), files)));
  expect(train.count + test.count).toBe(4);
  const names = Array.from(train.labels, (label) => labels[label]);
  expect(names.toSorted()).toEqual(["airplane", "cat", "truck"]);
  expect([channels, labels[test.labels[0]]]).toEqual([3, "airplane"]);
  const truck = names.indexOf("truck");
  expect(pixel(train.images(truck, truck + 1), 32, 5, 0)).toEqual([10, noise(6, 9)[5], 30]);
});
