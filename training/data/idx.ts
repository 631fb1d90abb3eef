/**
 * IDX files and the folders that hold them. The format is that of the MNIST family (http://yann.lecun.com/exdb/mnist):
 * two zero bytes, a type code (8 = unsigned byte, the only one read here), the number of dimensions, each dimension as
 * a big-endian uint32, then the values with the last dimension fastest.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { readRegularFile } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";
import { UnpackedBytes } from "./archive.ts";
import { FILES, type FileRole, type NamedDataset } from "./datasets.ts";

export const ROLES = Object.keys(FILES) as FileRole[];

/** The path of a data set's file in `folder`, plain or gzipped; undefined if it is not there. */
export function findFile(folder: string, role: FileRole): string | undefined {
  return [FILES[role], `${FILES[role]}.gz`].map((name) => join(folder, name)).find((path) => existsSync(path));
}

export function hasAllFiles(folder: string): boolean {
  return ROLES.every((role) => findFile(folder, role) !== undefined);
}

/** Numbers of dimensions: images are [N, H, W] or [N, H, W, C], labels [N]. */
const ranksOf = (role: FileRole): readonly number[] => (role.endsWith("Images") ? [3, 4] : [1]);

/**
 * The content of one file of a data set. With `dataset`, its checksum is verified. Throws a UserError if it is missing,
 * unreadable or another file.
 */
export function readIdx(folder: string, role: FileRole, dataset?: NamedDataset): Idx & { readonly path: string } {
  const path = findFile(folder, role);
  if (path === undefined)
    throw new UserError(`Expected the file ${FILES[role]} (or ${FILES[role]}.gz) in \`${folder}\` but it is not there`);
  const bytes = readMaybeGzipped(path, ranksOf(role));
  if (dataset !== undefined) {
    const md5 = createHash("md5").update(bytes).digest("hex");
    if (md5 !== dataset.md5[role]) {
      throw new UserError(
        `Expected the MD5 ${dataset.md5[role]} of the decompressed \`${path}\` but received ${md5}: it is not ${dataset.name}'s`,
      );
    }
  }
  return { ...parseIdx(bytes, ranksOf(role), path), path };
}

export interface Idx {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 8;

/** Compressed bytes that are enough for any header. */
const HEAD = 2 ** 12;

/**
 * The bytes of an IDX file, decompressed if it starts with gzip's two magic bytes. Stops at the length that its
 * dimensions need. Throws a UserError that names the file.
 */
export function readMaybeGzipped(path: string, ranks: readonly number[]): Uint8Array {
  const bytes = readFile(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const inflate = (compressed: Uint8Array, options: Parameters<typeof gunzipSync>[1]): Uint8Array => {
    try {
      return new Uint8Array(gunzipSync(compressed, options));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ERR_BUFFER_TOO_LARGE") throw wrongLength(header, path, "more");
      throw new UserError(`Expected a whole gzip file in \`${path}\` but it is truncated or damaged (${message})`);
    }
  };
  if (bytes.length <= HEAD) return inflate(bytes, {}); // at most four megabytes
  const header = parseHeader(inflate(bytes.subarray(0, HEAD), { finishFlush: constants.Z_SYNC_FLUSH }), ranks, path);
  new UnpackedBytes(path, bytes.length).add(header.length);
  return inflate(bytes, { maxOutputLength: header.length });
}

interface Header {
  readonly shape: readonly number[];
  /** Length of header and values, in bytes. */
  readonly length: number;
}

function parseHeader(bytes: Uint8Array, ranks: readonly number[], path: string): Header {
  const hex = (numbers: Iterable<number>): string => Array.from(numbers, (n) => n.toString(16).padStart(2, "0")).join("");
  const rank = bytes[3] ?? 0;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== UNSIGNED_BYTE || !ranks.includes(rank)) {
    const magics = ranks.map((r) => `0x${hex([0, 0, UNSIGNED_BYTE, r])}`).join(" or ");
    throw new UserError(`Expected the IDX magic number ${magics} in \`${path}\` but received 0x${hex(bytes.subarray(0, 4))}`);
  }

  const header = 4 + 4 * rank;
  if (bytes.length < header)
    throw new UserError(`Expected an IDX header of ${header} bytes in \`${path}\` but received ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (shape.includes(0)) throw new UserError(`Expected IDX dimensions of at least 1 in \`${path}\` but received ${shape.join(" x ")}`);
  return { shape, length: header + shape.reduce((product, n) => product * n, 1) };
}

const wrongLength = ({ shape, length }: Header, path: string, received: number | string): UserError =>
  new UserError(`Expected ${length} bytes for the IDX dimensions ${shape.join(" x ")} in \`${path}\` but received ${received}`);

/**
 * Reads IDX bytes whose number of dimensions is one of `ranks`; `values` is a view of `bytes`, `path` is for messages.
 * Throws a UserError on a wrong magic number, a dimension of 0, and missing or surplus bytes.
 */
export function parseIdx(bytes: Uint8Array, ranks: readonly number[], path: string): Idx {
  const header = parseHeader(bytes, ranks, path);
  if (bytes.length !== header.length) throw wrongLength(header, path, bytes.length);
  return { shape: header.shape, values: bytes.subarray(4 + 4 * header.shape.length) };
}

/** The bytes of a regular file. Throws a UserError that names it. */
export function readFile(path: string): Uint8Array {
  try {
    return readRegularFile(path);
  } catch (error) {
    throw new UserError(`Expected a readable file \`${path}\` but reading it failed (${(error as Error).message})`);
  }
}

/** Class names, one per line in label order. Throws a UserError that names the file. */
export function classNames(bytes: Uint8Array, path: string): string[] {
  const lines = new TextDecoder().decode(bytes).trim().split("\n");
  const names = lines.map((line) => line.trim());
  if (names.includes("") || new Set(names).size !== names.length) {
    throw new UserError(`Expected one class name per line, all different, in \`${path}\` but received an empty or repeated one`);
  }
  return names;
}
