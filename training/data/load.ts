/** Loads the data set that `--data` names, of any kind. */

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { UserError } from "../cli/user-error.ts";
import { tarOfImages, zipOfImages } from "./archive.ts";
import { celeba, isCeleba, locateCeleba } from "./celeba.ts";
import { cifar10, cifarFolder, isCifar } from "./cifar.ts";
import { type ConversionSettings, expectNoSettings, type GivenSettings, resolveSettings } from "./conversion.ts";
import type { Dataset } from "./dataset.ts";
import { DATASETS, UNKNOWN_LICENCE } from "./datasets.ts";
import { decodedSet, type EncodedSet } from "./decoded-set.ts";
import { folderSource } from "./folder-source.ts";
import { idxFolder, isIdx, namedIdx } from "./idx-set.ts";
import { layOut } from "./layout.ts";
import { type Host, thisMachine } from "./locate.ts";
import type { ImageSource } from "./source.ts";

export interface DatasetOptions {
  /** The folder with the files of a named data set. */
  readonly dataDir?: string | undefined;
  /** Settings for sets of images; other kinds of data refuse them. */
  readonly pictures?: GivenSettings | undefined;
  readonly defaults?: ConversionSettings | undefined;
  /** Folder of decoded sets. */
  readonly cache?: string | undefined;
}

export const DEFAULT_CACHE = join("runs", ".cache");

/** A kind of data. The first kind that recognizes a path loads it. */
interface DatasetKind {
  recognizes(path: string): boolean;
  load(path: string, options: DatasetOptions): Promise<Dataset>;
}

/** Excludes pipes and devices, which may have no end. */
const isReadable = (path: string): boolean => existsSync(path) && (isFolder(path) || statSync(path).isFile());

const isFolder = (path: string): boolean => statSync(path).isDirectory();

const KINDS: readonly DatasetKind[] = [
  { recognizes: isCeleba, load: async (path, options) => loadCeleba(path, options) },
  { recognizes: isIdx, load: async (path, options) => withoutSettings("IDX files", options, () => idxFolder(path)) },
  {
    recognizes: (path) => isFolder(path) && isCifar(path),
    load: async (path, options) => withoutSettings("CIFAR-10 files", options, () => cifarFolder(path)),
  },
  { recognizes: isFolder, load: async (path, options) => loadImages(folderSource(path), options) },
  { recognizes: (path) => /\.zip$/i.test(path), load: async (path, options) => loadImages(await zipOfImages(path), options) },
  {
    recognizes: (path) => /\.(tar|tar\.gz|tgz)$/i.test(path),
    load: async (path, options) => loadImages(await tarOfImages(path), options),
  },
];

export const KINDS_OF_DATA = `${[...DATASETS.map(({ name }) => name), "cifar10", "celeba"].join(", ")}, a folder of images, of IDX files or of CIFAR-10 files, or a .zip, .tar.gz or .tar of images`;

/**
 * Loads a named data set, or the one at a path. Throws a UserError for files that are missing or damaged or do not fit
 * together.
 */
export async function loadDataset(nameOrPath: string, options: DatasetOptions = {}, host: Host = thisMachine): Promise<Dataset> {
  const { dataDir } = options;
  const named = DATASETS.find(({ name }) => name === nameOrPath);
  if (named !== undefined) return withoutSettings(named.name, options, () => namedIdx(named, dataDir, host));
  if (nameOrPath === "cifar10") return withoutSettings(nameOrPath, options, () => cifar10(dataDir, host));
  if (nameOrPath === "celeba") return loadCeleba(locateCeleba(dataDir, host.env.ANNEAL_DATA), options);
  const kind = isReadable(nameOrPath) ? KINDS.find(({ recognizes }) => recognizes(nameOrPath)) : undefined;
  if (kind === undefined) throw new UserError(`Expected ${KINDS_OF_DATA} for \`data\` but received "${nameOrPath}"`);
  return kind.load(nameOrPath, options);
}

async function withoutSettings(kind: string, { pictures = {} }: DatasetOptions, load: () => Dataset | Promise<Dataset>): Promise<Dataset> {
  expectNoSettings(pictures, kind);
  return load();
}

async function loadImages(source: ImageSource, options: DatasetOptions): Promise<Dataset> {
  if (options.pictures?.classBy !== undefined) {
    throw new UserError(`Expected no \`class-by\` for images whose classes are folders but received "${options.pictures.classBy}"`);
  }
  return decoded({ source, layout: layOut(source.paths, source.name), licence: UNKNOWN_LICENCE }, options);
}

const loadCeleba = (folder: string, options: DatasetOptions): Promise<Dataset> =>
  decoded(celeba(folder, options.pictures?.classBy ?? options.defaults?.classBy), options);

const decoded = (set: EncodedSet, { pictures = {}, defaults, cache = DEFAULT_CACHE }: DatasetOptions): Promise<Dataset> =>
  decodedSet(set, resolveSettings(pictures, defaults), cache);

/** Throws a UserError unless the data set has the image shape and number of classes of `owner`, a run or a model. */
export function expectFits(dataset: Dataset, spec: Pick<NetworkSpec, "height" | "width" | "channels" | "classes">, owner: string): void {
  const describe = (height: number, width: number, channels: number, classes: number): string =>
    `${height} x ${width} x ${channels} pixels and ${classes} classes`;
  const expected = describe(spec.height, spec.width, spec.channels, spec.classes);
  const received = describe(dataset.height, dataset.width, dataset.channels, dataset.labels.length);
  if (received !== expected) throw new UserError(`Expected data of ${expected}, like those of ${owner}, but received ${received}`);
}
