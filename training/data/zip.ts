/** A .zip of pictures as a source: read entry by entry, never unpacked to disk. */
import { statSync } from "node:fs";
import { openPromise } from "yauzl";
import { damaged, leadsOut, outside, pathsInside, UnpackedBytes } from "./archive.ts";
import { stampOf } from "./picture-folder.ts";
import { bytesOf, LARGEST_FILE, nameOf, type PictureSource, tooLarge, Unusable } from "./source.ts";

/** Throws a UserError for an archive that is damaged, leads out of its folder or unpacks to absurdly much. */
export async function zipOfPictures(place: string): Promise<PictureSource> {
  const stats = statSync(place);
  const unpacked = new UnpackedBytes(place, stats.size);
  const names: string[] = [];
  try {
    const zip = await openPromise(place, { decodeStrings: true });
    for await (const { fileName, uncompressedSize } of zip.eachEntry()) {
      if (leadsOut(fileName)) throw outside(place, fileName);
      unpacked.add(uncompressedSize); // true: yauzl refuses data of another size
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
