/**
 * Files of pictures, wherever they come from. Paths are relative, with slashes, in Unicode's form NFC, so that every
 * system sorts them alike.
 */

export interface PictureSource {
  /** The folder or archive, for messages. */
  readonly place: string;
  /** What the data set is called. */
  readonly name: string;
  /** Differs when any of the files has changed. */
  readonly fingerprint: string;
  /** All files that may matter, in any order. */
  readonly paths: readonly string[];
  /** The files of `wanted`, each once, in whatever order is quickest. */
  read(wanted: ReadonlySet<string>): AsyncIterable<PictureFile>;
}

export interface PictureFile {
  readonly path: string;
  /** Throws an Unusable when there is no reading it. */
  bytes(): Promise<Uint8Array>;
}

/** Why a file is passed over; its message is a few words, as "larger than 128 MB". */
export class Unusable extends Error {
  override name = "Unusable";
}

/** Files above it are passed over, in bytes. */
export const LARGEST_FILE = 2 ** 27;

/** The bytes of a stream, if there are no more than LARGEST_FILE. */
export async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > LARGEST_FILE) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export const tooLarge = (): Unusable => new Unusable(`larger than ${LARGEST_FILE / 2 ** 20} MB`);

/** What systems leave beside pictures: dot files, the resource forks of macOS, thumbnails. */
export function isClutter(path: string): boolean {
  return path.split("/").some((name) => name.startsWith(".") || ["__MACOSX", "Thumbs.db", "desktop.ini"].includes(name));
}

/** The last part of a path, without the endings of archives. */
export const nameOf = (path: string): string => path.replace(/^.*[\\/]/s, "").replace(/\.(zip|tar|tar\.gz|tgz)$/i, "");
