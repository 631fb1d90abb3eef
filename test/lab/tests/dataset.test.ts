/** `npm run lab -- dataset`: the sets' files, made up and small, become folders that are loaded as the sets are. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { inOrder, loadDataset } from "../../../training/data/load.ts";
import { temporaryFolder, writeFolder } from "../../support/files.ts";
import { writeSet } from "../known-sets.ts";

const root = temporaryFolder("dataset");

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
  const known = { labels, licence: "MIT", md5: [training, ...Object.values(plain)].map(md5), url: "http://localhost:1/" };
  expect(await writeSet(join(root, "mnist"), known, from)).toEqual({ train: 4, test: 2 });
  const { train, test, ...set } = inOrder(await loadDataset(join(root, "mnist"), { width: 28, height: 28 }), labels, "set");
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
