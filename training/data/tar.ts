/** A .tar.gz, .tgz or .tar of pictures as a source: streamed twice, once for the names and once for the pictures, never unpacked to disk. */
import { createReadStream, statSync } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { UserError } from "../cli/user-error.ts";
import { damaged, leadsOut, outside, pathsInside, UnpackedBytes } from "./archive.ts";
import { stampOf } from "./picture-folder.ts";
import { bytesOf, LARGEST_FILE, nameOf, type PictureSource, tooLarge } from "./source.ts";

/** Throws a UserError for an archive that is damaged, leads out of its folder or unpacks to absurdly much. */
export async function tarOfPictures(place: string): Promise<PictureSource> {
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

/** The files of an archive, one after the other; what is not read of one is passed over. */
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
  // A failure shows below, at the next entry, and one that follows from leaving early is none.
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
