/**
 * CIFAR-10 in its binary version (https://www.cs.toronto.edu/~kriz/cifar.html). `data_batch_*.bin` and `test_batch.bin`
 * hold records of a byte for the class and 3072 bytes for the pixels, planar RGB of 32 x 32. `batches.meta.txt` holds
 * the class names, one per line. Read from a folder or from the authors' archive.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { makeFolder, writeFileAtomically } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";
import { entries } from "./archive.ts";
import type { Dataset } from "./dataset.ts";
import { UNKNOWN_LICENCE } from "./datasets.ts";
import { classNames, readFile } from "./idx.ts";
import { notesOnFew } from "./image-report.ts";
import type { Host } from "./locate.ts";
import { bytesOf, nameOf } from "./source.ts";
import { memorySplit, type Split } from "./split.ts";

/** The official archive. */
export interface CifarArchive {
  readonly url: string;
  readonly md5: string;
}

export const CIFAR10: CifarArchive = {
  url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  md5: "c32a1d4ab5d03f1284b67883e8d87530",
};

const SIDE = 32;
const AREA = SIDE * SIDE;
const RECORD = 1 + 3 * AREA;
const META = "batches.meta.txt";
const TEST = "test_batch.bin";
const isTraining = (name: string): boolean => /^data_batch_.+\.bin$/.test(name);

export const isCifar = (folder: string): boolean => existsSync(join(folder, TEST)) && readdirSync(folder).some(isTraining);

/** A folder with the files. Throws a UserError if something is missing or damaged. */
export function cifarFolder(folder: string): Dataset {
  const names = readdirSync(folder).filter((name) => isTraining(name) || [TEST, META].includes(name));
  const files = new Map(names.map((name) => [name, readFile(join(folder, name))]));
  return assemble(files, folder, { name: nameOf(folder), licence: UNKNOWN_LICENCE });
}

/**
 * `cifar10` by name: from `dataDir` or else the folder in ANNEAL_DATA (the folder itself or a sub-folder `cifar10` or
 * `cifar-10-batches-bin`, with the files or the archive), from the cache, or from the official host. Throws a
 * UserError.
 */
export async function cifar10(dataDir: string | undefined, host: Host, archive: CifarArchive = CIFAR10): Promise<Dataset> {
  const given = dataDir ?? host.env.ANNEAL_DATA;
  const file = basename(archive.url);
  const folders = given ? [given, join(given, "cifar10"), join(given, "cifar-10-batches-bin")] : [];
  const about = { name: "cifar10", licence: UNKNOWN_LICENCE };
  const folder = folders.find(isCifar);
  if (folder !== undefined) return { ...cifarFolder(folder), ...about };
  const copy = folders.map((parent) => join(parent, file)).find((path) => existsSync(path));
  if (copy !== undefined) return fromArchive(copy, archive, about);
  if (dataDir !== undefined) {
    throw new UserError(
      `Expected the folder of cifar10's files for \`data-dir\` but received "${dataDir}": neither ${file} nor data_batch_*.bin and ${TEST} are in ${folders.join(" or ")}`,
    );
  }

  const cached = join(host.cache, "cifar10", file);
  if (!existsSync(cached) || md5Of(readFile(cached)) !== archive.md5) {
    const bytes = await host.download(archive.url).catch((error: Error) => {
      throw new UserError(
        `Expected to fetch cifar10 from ${archive.url} but failed: ${error.message}; if you have a copy, name its folder with --data-dir`,
      );
    });
    expectMd5(bytes, archive, archive.url);
    makeFolder(join(host.cache, "cifar10"));
    writeFileAtomically(cached, bytes);
  }
  return fromArchive(cached, archive, about);
}

const md5Of = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

function expectMd5(bytes: Uint8Array, { md5 }: CifarArchive, place: string): void {
  const received = md5Of(bytes);
  if (received !== md5) throw new UserError(`Expected the MD5 ${md5} of \`${place}\` but received ${received}: it is not cifar10's`);
}

async function fromArchive(path: string, archive: CifarArchive, about: Pick<Dataset, "name" | "licence">): Promise<Dataset> {
  expectMd5(readFile(path), archive, path);
  const files = new Map<string, Uint8Array>();
  for await (const entry of entries(path)) {
    const name = nameOf(entry.header.name);
    if (isTraining(name) || [TEST, META].includes(name)) files.set(name, await bytesOf(entry));
  }
  return assemble(files, path, about);
}

function assemble(files: ReadonlyMap<string, Uint8Array>, folder: string, about: Pick<Dataset, "name" | "licence">): Dataset {
  const meta = files.get(META);
  const test = files.get(TEST);
  if (meta === undefined || test === undefined)
    throw new UserError(`Expected the files data_batch_*.bin, ${TEST} and ${META} in \`${folder}\` but ${meta ? TEST : META} is not there`);
  const labels = classNames(meta, join(folder, META));
  const split = (names: readonly string[]): Split =>
    parse(
      names.map((name) => [name, files.get(name) as Uint8Array]),
      labels.length,
      folder,
    );
  const train = split([...files.keys()].filter(isTraining).sort());
  return {
    ...about,
    folder,
    labels,
    train,
    test: split([TEST]),
    ...{ height: SIDE, width: SIDE, channels: 3 },
    notes: notesOnFew(train.count),
    details: [],
  };
}

function parse(files: readonly (readonly [string, Uint8Array])[], classes: number, folder: string): Split {
  const count = files.reduce((sum, [, bytes]) => sum + bytes.length / RECORD, 0);
  const labels = new Uint16Array(Math.floor(count));
  const images = new Uint8Array(labels.length * 3 * AREA);
  let i = 0;
  for (const [name, bytes] of files) {
    if (bytes.length === 0 || bytes.length % RECORD !== 0)
      throw new UserError(`Expected a multiple of ${RECORD} bytes in \`${join(folder, name)}\` but received ${bytes.length}`);
    for (let start = 0; start < bytes.length; start += RECORD, i++) {
      labels[i] = bytes[start];
      if (labels[i] >= classes)
        throw new UserError(
          `Expected labels below ${classes}, the number of names in ${META}, in \`${join(folder, name)}\` but received ${labels[i]}`,
        );
      for (let c = 0; c < 3; c++) {
        for (let p = 0; p < AREA; p++) images[(i * AREA + p) * 3 + c] = bytes[start + 1 + c * AREA + p];
      }
    }
  }
  return memorySplit(images, labels);
}
