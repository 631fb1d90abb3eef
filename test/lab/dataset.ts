/** `npm run lab -- dataset`: writes Fashion-MNIST or MNIST as a folder of images, which verbs take as `--data`. */
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Argument } from "commander";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { expectNewFolder, makeFolder, readRegularFile } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { UserError } from "../../training/cli/user-error.ts";
import type { SplitName } from "../../training/data/hold-out.ts";
import { folderOf } from "../../training/data/load.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";

/** Two files of 28 x 28 grey images and two of labels, in the IDX format, plain or gzipped. */
interface IdxSet {
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** SPDX identifier. */
  readonly licence: string;
  /** MD5 of the *decompressed* files, so that a recompressed copy is still recognized, in the order of FILES. */
  readonly md5: readonly string[];
  /** Where an installed Debian package keeps them. */
  readonly installed?: string;
  /** The official host's folder, ending in a slash; its files are gzipped. */
  readonly url: string;
}

const FILES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
/** Bytes before the values: type and number of dimensions in four, and four for each dimension. */
const [IMAGES_HEADER, LABELS_HEADER] = [16, 8];
/** Width and height of an image. */
const SIDE = 28;

const IDX_SETS = {
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

/**
 * What the FILES hold, pixels and labels by turns, in the folder `from`, else of the installed package, else of the host. Throws
 * a UserError that names the first bad file.
 */
async function readIdx({ md5, installed, url }: IdxSet, from?: string): Promise<Uint8Array[]> {
  const folder = from ?? (installed !== undefined && existsSync(installed) ? installed : undefined);
  const files: Uint8Array[] = [];
  for (const [i, name] of FILES.entries()) {
    const { path, bytes } = folder === undefined ? await downloaded(`${url}${name}.gz`) : inFolder(folder, name);
    const content = path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    const received = createHash("md5").update(content).digest("hex");
    if (received !== md5[i]) throw new UserError(`Expected the MD5 ${md5[i]} of the decompressed \`${path}\` but received ${received}`);
    files.push(content.subarray(i % 2 === 0 ? IMAGES_HEADER : LABELS_HEADER));
  }
  return files;
}

/** Writes `{split}/{class}/{number}.png`, whose numbers are the set's own order. Throws a UserError unless the folder is new or empty. */
async function writeSet(out: string, set: IdxSet, from?: string): Promise<Record<SplitName, number>> {
  const { labels } = set;
  expectNewFolder(out);
  const files = await readIdx(set, from);
  const bar = progress("writing images", files[1].length + files[3].length);
  const counts = { train: 0, test: 0 };
  for (const [split, pixels, classes] of [
    ["train", files[0], files[1]],
    ["test", files[2], files[3]],
  ] as const) {
    // biome-ignore format: one idea
    for (const label of labels) makeFolder(join(out, split, folderOf(label)));
    for (const [i, label] of classes.entries()) {
      const image = { width: SIDE, height: SIDE, channels: 1, pixels: pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE) };
      writeFileSync(join(out, split, folderOf(labels[label]), `${String(counts[split]++).padStart(6, "0")}.png`), encodePng(image));
      bar.update(counts.train + counts.test);
    }
  }
  bar.stop();
  return counts;
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

type Name = keyof typeof IDX_SETS;

await runCommandLine(async () => {
  const command = newCommand("lab dataset")
    .description("Writes a data set as a folder of PNG files, with `train` and `test` as its authors split it.")
    .addArgument(new Argument("<name>", "which one").choices(Object.keys(IDX_SETS)))
    .requiredOption("--out <folder>", "a new folder")
    .option("--from <folder>", "where its files are (default: those of an installed package, else they are downloaded)")
    .parse(process.argv);
  const [name] = command.args as [Name];
  const { out, from } = command.opts<{ readonly out: string; readonly from?: string }>();
  const set = IDX_SETS[name];
  const { train, test } = await writeSet(out, set, from);
  console.log(`wrote ${train} training and ${test} test images to ${out}, licence ${set.licence}`);
});
