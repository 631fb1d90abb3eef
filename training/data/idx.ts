/**
 * The IDX format of the MNIST family (http://yann.lecun.com/exdb/mnist): two zero bytes, a type code (8 = unsigned byte, the only one read
 * here), the number of dimensions, each dimension as a big-endian uint32, then the values with the last dimension fastest.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { UserError } from "../cli/user-error.ts";

export interface Idx {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 8;

/** The bytes of a file, decompressed if it is a gzip file (recognized by its first two bytes). Throws a UserError that names the file. */
export function readMaybeGzipped(path: string): Uint8Array {
  const bytes = readFile(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return plain(gunzipSync(bytes));
  } catch (error) {
    throw new UserError(`Expected a whole gzip file in \`${path}\` but it is truncated or damaged (${(error as Error).message})`);
  }
}

/**
 * Reads IDX bytes whose number of dimensions is one of `ranks`; `values` is a view of `bytes`. `path` is for messages.
 * Throws a UserError on a wrong magic number, a dimension of 0 and on missing or trailing bytes.
 */
export function parseIdx(bytes: Uint8Array, ranks: readonly number[], path: string): Idx {
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

  const expected = header + shape.reduce((product, n) => product * n, 1);
  if (bytes.length !== expected) {
    throw new UserError(
      `Expected ${expected} bytes for the IDX dimensions ${shape.join(" x ")} in \`${path}\` but received ${bytes.length}`,
    );
  }
  return { shape, values: bytes.subarray(header) };
}

/** The bytes of a file. Throws a UserError that names it. */
export function readFile(path: string): Uint8Array {
  try {
    return plain(readFileSync(path));
  } catch (error) {
    throw new UserError(`Expected a readable file \`${path}\` but reading it failed (${(error as Error).message})`);
  }
}

/** Without Buffer's own meanings of slice and toString. */
function plain({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
