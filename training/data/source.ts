/**
 * Files of images from any source. Paths are relative, with slashes, in Unicode normalization form NFC, so that every
 * system sorts them alike.
 */

export interface ImageSource {
  /** The folder or archive, for messages. */
  readonly place: string;
  /** Name of the data set. */
  readonly name: string;
  /** Changes when any file changes. */
  readonly fingerprint: string;
  /** All files that may matter, in any order. */
  readonly paths: readonly string[];
  /** The files of `wanted`, each once, in the fastest order. */
  read(wanted: ReadonlySet<string>): AsyncIterable<ImageFile>;
}

export interface ImageFile {
  readonly path: string;
  /** Throws an Unusable if the file cannot be read. */
  bytes(): Promise<Uint8Array>;
}

/** Why a file is skipped; its message is a few words, such as "larger than 128 MB". */
export class Unusable extends Error {
  override name = "Unusable";
}

/** Larger files are skipped, in bytes. */
export const LARGEST_FILE = 2 ** 27;

/** The bytes of a stream of at most LARGEST_FILE bytes. */
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

/** Files that systems leave beside images: dot files, macOS resource forks, thumbnails. */
export function isClutter(path: string): boolean {
  return path.split("/").some((name) => name.startsWith(".") || ["__MACOSX", "Thumbs.db", "desktop.ini"].includes(name));
}

/** The last part of a path, without an archive's extension. */
export const nameOf = (path: string): string => path.replace(/^.*[\\/]/s, "").replace(/\.(zip|tar|tar\.gz|tgz)$/i, "");
