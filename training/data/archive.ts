/**
 * Archives of images as sources, never unpacked to disk. A .zip is read entry by entry. A .tar.gz, .tgz or .tar is
 * streamed twice, once for the names and once for the images. Names may not lead outside the archive, and the
 * unpacked size is bounded.
 */

import { createReadStream, statSync } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { openPromise } from "yauzl";
import { UserError } from "../cli/user-error.ts";
import { stampOf } from "./folder-source.ts";
import { bytesOf, type ImageSource, isClutter, LARGEST_FILE, nameOf, tooLarge, Unusable } from "./source.ts";

/**
 * An archive may always unpack to this many bytes, and beyond them to this many times its own size: images are
 * compressed already.
 */
const FREE_BYTES = 2 ** 26;
const MOST_RATIO = 100;

/** Counts the unpacked bytes of an archive of `size` bytes; `add` throws a UserError when they exceed the bound. */
export class UnpackedBytes {
  private total = 0;
  private readonly place: string;
  private readonly size: number;

  constructor(place: string, size: number) {
    this.place = place;
    this.size = size;
  }

  add(bytes: number): void {
    this.total += bytes;
    if (this.total > FREE_BYTES + MOST_RATIO * this.size) {
      throw new UserError(
        `Expected an archive that unpacks to at most ${MOST_RATIO} times its ${this.size} bytes for \`data\` but received "${this.place}", which unpacks to more`,
      );
    }
  }
}

/** Whether the name leads outside the folder that an archive is unpacked to. */
export const leadsOut = (name: string): boolean => /^([/\\]|[a-z]:)/i.test(name) || name.split(/[\\/]/).includes("..");

export const outside = (place: string, name: string): UserError =>
  new UserError(`Expected names that stay inside the archive "${place}" for \`data\` but received ${JSON.stringify(name)}`);

export const damaged = (place: string, error: unknown): UserError =>
  error instanceof UserError
    ? error
    : new UserError(`Expected a whole archive for \`data\` but "${place}" is truncated or damaged (${(error as Error).message})`);

/**
 * Maps the names of an archive's files to paths in the source. Leaves out clutter, and outer folders that contain all
 * files, which archives often have. A folder `train` is kept.
 */
export function pathsInside(names: readonly string[]): Map<string, string> {
  const clean = new Map(names.map((name) => [name, name.normalize("NFC").replace(/^(\.\/)+/, "")]));
  let paths = [...clean].filter(([, path]) => !isClutter(path));
  while (paths.length > 0) {
    const end = paths[0][1].indexOf("/") + 1;
    const top = paths[0][1].slice(0, end);
    if (end === 0 || top === "train/" || !paths.every(([, path]) => path.startsWith(top))) break;
    paths = paths.map(([name, path]) => [name, path.slice(end)]);
  }
  return new Map(paths);
}

/** Throws a UserError for an archive that is damaged, has names outside its folder or unpacks to too much. */
export async function tarOfImages(place: string): Promise<ImageSource> {
  const stats = statSync(place);
  const names: string[] = [];
  for await (const { header } of entries(place)) names.push(header.name);
  const paths = pathsInside(names);

  return {
    place,
    name: nameOf(place),
    fingerprint: JSON.stringify(stampOf(stats)),
    paths: [...new Set(paths.values())],
    async *read(wanted) {
      const left = new Set(wanted);
      for await (const entry of entries(place)) {
        const path = paths.get(entry.header.name);
        if (path === undefined || !left.delete(path)) continue;
        if ((entry.header.size ?? 0) > LARGEST_FILE) {
          yield { path, bytes: () => Promise.reject(tooLarge()) };
          continue;
        }
        const bytes = await bytesOf(entry);
        yield { path, bytes: async () => bytes };
      }
    },
  };
}

interface TarEntry extends AsyncIterable<Buffer> {
  readonly header: Header;
}

/** The files of an archive in order; data of an entry that the caller does not read is skipped. */
export async function* entries(place: string): AsyncGenerator<TarEntry> {
  const unpacked = new UnpackedBytes(place, statSync(place).size);
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      try {
        unpacked.add(chunk.length);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  const tar = extract();
  const source = createReadStream(place);
  const flow = /\.tar$/i.test(place) ? pipeline(source, counted, tar) : pipeline(source, createGunzip(), counted, tar);
  // A failure surfaces at the next entry below. An error caused by leaving the loop early is ignored.
  let failure: unknown;
  flow.catch((error: unknown) => {
    failure ??= error;
  });
  try {
    for await (const entry of tar) {
      const { name, type } = entry.header;
      if (leadsOut(name)) throw outside(place, name);
      if (type === "file" || type === "contiguous-file") yield entry as typeof entry & TarEntry;
      entry.resume();
    }
    await flow;
  } catch (error) {
    throw error instanceof UserError ? error : damaged(place, failure ?? error);
  }
}

/** Throws a UserError for an archive that is damaged, has names outside its folder or unpacks to too much. */
export async function zipOfImages(place: string): Promise<ImageSource> {
  const stats = statSync(place);
  const unpacked = new UnpackedBytes(place, stats.size);
  const names: string[] = [];
  try {
    const zip = await openPromise(place, { decodeStrings: true });
    for await (const { fileName, uncompressedSize } of zip.eachEntry()) {
      if (leadsOut(fileName)) throw outside(place, fileName);
      unpacked.add(uncompressedSize); // reliable: yauzl refuses data of another size
      if (!fileName.endsWith("/")) names.push(fileName);
    }
  } catch (error) {
    const name = /^(?:invalid relative path|absolute path): (.*)$/s.exec((error as Error).message)?.[1];
    throw name === undefined ? damaged(place, error) : outside(place, name);
  }
  const paths = pathsInside(names);

  return {
    place,
    name: nameOf(place),
    fingerprint: JSON.stringify(stampOf(stats)),
    paths: [...new Set(paths.values())],
    async *read(wanted) {
      const left = new Set(wanted);
      const zip = await openPromise(place);
      for await (const entry of zip.eachEntry()) {
        const path = paths.get(entry.fileName);
        if (path === undefined || !left.delete(path)) continue;
        const bytes = await readEntry(entry).catch((error: Error) => error);
        yield {
          path,
          async bytes() {
            if (bytes instanceof Unusable) throw bytes;
            if (bytes instanceof Error) throw new Unusable("damaged in the archive");
            return bytes;
          },
        };
      }

      async function readEntry(entry: Parameters<typeof zip.openReadStreamPromise>[0]): Promise<Uint8Array> {
        if (!entry.canDecodeFileData()) throw new Unusable(entry.isEncrypted() ? "encrypted" : "compressed in an unknown way");
        if (entry.uncompressedSize > LARGEST_FILE) throw tooLarge();
        return bytesOf(await zip.openReadStreamPromise(entry));
      }
    },
  };
}
