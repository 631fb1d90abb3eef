import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { UserError } from "../../../training/cli/user-error.ts";
import { parseIdx, readMaybeGzipped } from "../../../training/data/idx.ts";
import { idxBytes } from "./idx-files.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-idx-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe("parseIdx", () => {
  it("reads shape and values", () => {
    const { shape, values } = parseIdx(idxBytes([2, 1, 3], [1, 2, 3, 4, 5, 255]), [3], "x");
    expect(shape).toEqual([2, 1, 3]);
    expect([...values]).toEqual([1, 2, 3, 4, 5, 255]);
  });

  it("reads big-endian dimensions, and bytes that begin in the middle of a buffer", () => {
    const padded = new Uint8Array([9, 9, 9, ...idxBytes([258], new Array(258).fill(7))]);
    expect(parseIdx(padded.subarray(3), [1], "x").shape).toEqual([258]);
  });

  it.each([
    ["another type", [0, 0, 0x0d, 3], "0x00000803 in `x` but received 0x00000d03"],
    ["another number of dimensions", [0, 0, 8, 1], "0x00000803 in `x` but received 0x00000801"],
    ["text", [0x3c, 0x68, 0x74, 0x6d, 0x6c], "0x00000803 in `x` but received 0x3c68746d"],
    ["nothing", [], "but received 0x"],
  ])("refuses %s by its magic number", (_, bytes, message) => {
    expect(() => parseIdx(new Uint8Array(bytes), [3], "x")).toThrow(message);
  });

  it.each([
    ["a truncated header", idxBytes([2, 2], [1, 2, 3, 4]).subarray(0, 9), "Expected an IDX header of 12 bytes in `x` but received 9"],
    ["missing values", idxBytes([2, 2], [1, 2, 3]), "Expected 16 bytes for the IDX dimensions 2 x 2 in `x` but received 15"],
    ["trailing bytes", idxBytes([2, 2], [1, 2, 3, 4, 5]), "Expected 16 bytes for the IDX dimensions 2 x 2 in `x` but received 17"],
    ["an empty dimension", idxBytes([0, 2], []), "Expected IDX dimensions of at least 1 in `x` but received 0 x 2"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => parseIdx(bytes, [2], "x")).toThrow(message);
    expect(() => parseIdx(bytes, [2], "x")).toThrow(UserError);
  });
});

describe("readMaybeGzipped", () => {
  const bytes = idxBytes([3], [1, 2, 3]);

  it("recognizes gzip by content, whatever the name", () => {
    expect(readMaybeGzipped(write("plain.gz", bytes), [1])).toEqual(bytes);
    expect(readMaybeGzipped(write("compressed", gzipSync(bytes)), [1])).toEqual(bytes);
  });

  it("refuses a gzip file cut at any place, a changed byte and trailing bytes", () => {
    const whole = gzipSync(bytes);
    const damaged = [2, 9, 15, whole.length - 9, whole.length - 1].map((length) => whole.subarray(0, length));
    const changed = Uint8Array.from(whole);
    changed[whole.length - 6] ^= 1;
    for (const file of [...damaged, changed, Buffer.concat([whole, Buffer.from("tail")])]) {
      const path = write("damaged.gz", file);
      expect(() => readMaybeGzipped(path, [1])).toThrow(`Expected a whole gzip file in \`${path}\``);
    }
  });

  it("inflates no more than the dimensions need, and refuses absurd compression ratios", () => {
    const megabytes = (count: number) => gzipSync(Buffer.alloc(count * 2 ** 20)); // members of one gzip file follow one another
    const bomb = (shape: number[]) => Buffer.concat([gzipSync(idxBytes(shape, [])), ...Array(4).fill(megabytes(64))]);
    const small = write("small.gz", bomb([10, 28, 28]));
    expect(() => readMaybeGzipped(small, [3])).toThrow(
      `Expected 7856 bytes for the IDX dimensions 10 x 28 x 28 in \`${small}\` but received more`,
    );
    const large = write("large.gz", bomb([2 ** 18, 32, 32]));
    expect(() => readMaybeGzipped(large, [3])).toThrow(/^Expected an archive that unpacks to at most 100 times its \d+ bytes .*large\.gz/);
    const page = write("page.gz", gzipSync(randomBytes(2 ** 13)));
    expect(() => readMaybeGzipped(page, [3])).toThrow("Expected the IDX magic number 0x00000803");
  });

  it.each([
    ["a pipe", (path: string) => execFileSync("mkfifo", [path]), "it is not a regular file"],
    ["a device", (path: string) => symlinkSync("/dev/zero", path), "it is not a regular file"],
    ["a folder", (path: string) => mkdirSync(path), "it is a folder"],
  ])("refuses %s", (name, make, reason) => {
    const path = join(folder, name);
    make(path);
    expect(() => readMaybeGzipped(path, [1])).toThrow(`Expected a readable file \`${path}\` but reading it failed (${reason})`);
  });

  it("names a file that cannot be read", () => {
    const path = join(folder, "absent");
    expect(() => readMaybeGzipped(path, [1])).toThrow(`Expected a readable file \`${path}\``);
    expect(() => readMaybeGzipped(path, [1])).toThrow(UserError);
  });
});
