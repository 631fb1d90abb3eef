/** Fashion-MNIST, MNIST and CIFAR-10: their files, and how they become a folder of images. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expectNewFolder, makeFolder, readRegularFile } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { UserError } from "../../training/cli/user-error.ts";
import type { SplitName } from "../../training/data/hold-out.ts";
import { folderOf } from "../../training/data/load.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";

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

/** Writes `{split}/{class}/{number}.png`, whose numbers are the set's own order. Throws a UserError unless the folder is new or empty. */
export function writeSet(out: string, { labels, count, images }: KnownSet): Record<SplitName, number> {
  expectNewFolder(out);
  for (const split of ["train", "test"]) for (const label of labels) makeFolder(join(out, split, folderOf(label)));
  const counts = { train: 0, test: 0 };
  const bar = progress("writing images", count);
  for (const { split, label, png } of images) {
    writeFileSync(join(out, split, folderOf(labels[label]), `${String(counts[split]++).padStart(6, "0")}.png`), png);
    bar.update(counts.train + counts.test);
  }
  bar.stop();
  return counts;
}

/** The MNIST family: two files of 28 x 28 grey images and two of labels, in the IDX format, plain or gzipped. */
export interface IdxSet extends Pick<KnownSet, "labels" | "licence"> {
  /** MD5 of the *decompressed* files, so that a recompressed copy is still recognized, in the order of FILES. */
  readonly md5: readonly string[];
  /** Where an installed Debian package keeps them. */
  readonly installed?: string;
  /** The official host's folder, ending in a slash; its files are gzipped. */
  readonly url: string;
}

const FILES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
/** Bytes before the values: type and number of dimensions in four, and four for each dimension. */
const IMAGES_HEADER = 16;
const LABELS_HEADER = 8;

export const IDX_SETS = {
  "fashion-mnist": {
    labels: ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
    licence: "MIT",
    md5: [
      "f4a8712d7a061bf5bd6d2ca38dc4d50a",
      "9018921c3c673c538a1fc5bad174d6f9",
      "8181f5470baa50b63fa0f6fddb340f0a",
      "15d484375f8d13e6eb1aabb0c3f46965",
    ],
    installed: "/usr/share/datasets/fashion-mnist",
    url: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
  },
  mnist: {
    labels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    licence: "CC-BY-SA-3.0",
    md5: [
      "6bbc9ace898e44ae57da46a324031adb",
      "a25bea736e30d166cdddb491f175f624",
      "2646ac647ad5339dbf082846283269ea",
      "27ae3e4e09519cfbb04c329615203637",
    ],
    url: "https://ossci-datasets.s3.amazonaws.com/mnist/",
  },
} as const satisfies Record<string, IdxSet>;

/** From the folder `from`, else the installed package, else the host. Throws a UserError that names the first bad file. */
export async function idxSet({ labels, licence, md5, installed, url }: IdxSet, from: string | undefined): Promise<KnownSet> {
  const folder = from ?? (installed !== undefined && existsSync(installed) ? installed : undefined);
  const files: Uint8Array[] = [];
  for (const [i, name] of FILES.entries()) {
    const { path, bytes } = folder === undefined ? await downloaded(`${url}${name}.gz`) : inFolder(folder, name);
    const content = path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    const received = createHash("md5").update(content).digest("hex");
    if (received !== md5[i]) throw new UserError(`Expected the MD5 ${md5[i]} of the decompressed \`${path}\` but received ${received}`);
    files.push(content);
  }
  const size = { width: 28, height: 28 };
  const split = (name: SplitName, [images, labels]: readonly Uint8Array[]) =>
    drawn(name, labels.subarray(LABELS_HEADER), { ...size, channels: 1 }, (i) => images.subarray(IMAGES_HEADER + i * 784));
  const images = [split("train", files.slice(0, 2)), split("test", files.slice(2))];
  const count = files[1].length + files[3].length - 2 * LABELS_HEADER;
  return { licence, labels, count, images: inTurn(images) };
}

type Shape = { readonly width: number; readonly height: number; readonly channels: number };

/** Images with these labels; the pixels of image i are the first bytes of `pixelsFrom(i)`. */
function* drawn(split: SplitName, labels: Uint8Array, shape: Shape, pixelsFrom: (i: number) => Uint8Array): Generator<SetImage> {
  const size = shape.width * shape.height * shape.channels;
  for (const [i, label] of labels.entries()) {
    yield { split, label, png: encodePng({ ...shape, pixels: pixelsFrom(i).subarray(0, size) }) };
  }
}

function* inTurn<T>(parts: Iterable<Iterable<T>>): Generator<T> {
  for (const part of parts) yield* part;
}

type SourceFile = { readonly path: string; readonly bytes: Uint8Array };

function inFolder(folder: string, name: string): SourceFile {
  const path = [name, `${name}.gz`].map((one) => join(folder, one)).find((one) => existsSync(one));
  if (path === undefined) throw new UserError(`Expected the file ${name} (or ${name}.gz) in \`${folder}\` but it is not there`);
  return { path, bytes: readRegularFile(path) };
}

async function downloaded(url: string): Promise<SourceFile> {
  const response = await fetch(url);
  if (!response.ok) throw new UserError(`${url} answered with status ${response.status}: if you have a copy, name its folder with --from`);
  return { path: url, bytes: new Uint8Array(await response.arrayBuffer()) };
}

const CIFAR_LABELS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const CIFAR_ARCHIVE = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz (MD5 c32a1d4ab5d03f1284b67883e8d87530)";
const AREA = 32 * 32;
const RECORD = 1 + 3 * AREA;

/**
 * CIFAR-10 in its binary version (https://www.cs.toronto.edu/~kriz/cifar.html), unpacked in the folder `from`.
 * `data_batch_*.bin` and `test_batch.bin` hold records of a byte for the class and 3072 bytes for the pixels, planar
 * RGB of 32 x 32. Throws a UserError if some are missing.
 */
export function cifar10(from: string | undefined): KnownSet {
  if (from === undefined)
    throw new UserError(`Expected the folder of CIFAR-10's files for \`from\` but received nothing: unpack ${CIFAR_ARCHIVE}`);
  const names = existsSync(from) ? readdirSync(from).sort() : [];
  const [train, test] = [/^data_batch_.+\.bin$/, /^test_batch\.bin$/].map((pattern) => names.filter((name) => pattern.test(name)));
  if (train.length === 0 || test.length === 0)
    throw new UserError(`Expected the files data_batch_*.bin and test_batch.bin in \`${from}\` but not all are there`);
  const size = { width: 32, height: 32 };
  let count = 0;
  const parts = [...train, ...test].map((name) => {
    const path = join(from, name);
    const bytes = readRegularFile(path);
    const labels = Uint8Array.from({ length: bytes.length / RECORD }, (_, i) => bytes[i * RECORD]);
    count += labels.length;
    const pixelsOf = (i: number) =>
      Uint8Array.from({ length: 3 * AREA }, (_, at) => bytes[i * RECORD + 1 + (at % 3) * AREA + Math.floor(at / 3)]);
    return drawn(name === "test_batch.bin" ? "test" : "train", labels, { ...size, channels: 3 }, pixelsOf);
  });
  return { licence: "unknown", labels: CIFAR_LABELS, count, images: inTurn(parts) };
}
