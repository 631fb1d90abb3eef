/** The compressor beside fflate, whose bytes it promises, and beside a decompressor. */
import { unzlibSync, zlibSync } from "fflate";
import { expect, it } from "vitest";
import { deflated } from "../../../../wasm-model/render/image/deflate.ts";

/** Uniform numbers in [0, 1), the same in each run (Numerical Recipes' generator). */
function uniform(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = uniform();

/** Counts that double or so from value to value: codes that would be longer than DEFLATE has them. */
function steep(length: number): Uint8Array {
  return Uint8Array.from({ length }, () => Math.min(255, 7 * Math.floor(-Math.log(1 - random()) / Math.log(1.6))));
}

const KINDS: Readonly<Record<string, (length: number) => Uint8Array>> = {
  zeros: (length) => new Uint8Array(length),
  noise: (length) => Uint8Array.from({ length }, () => 256 * random()),
  "sparse bytes": (length) => Uint8Array.from({ length }, () => (random() < 0.9 ? 0 : 256 * random())),
  "a smooth curve": (length) => Uint8Array.from({ length }, (_, i) => 128 + 100 * Math.sin(i / 30) + 3 * random()),
  "mostly small values": (length) => Uint8Array.from({ length }, () => 256 * random() ** 8),
  "long repetitions with faults": (length) => Uint8Array.from({ length }, (_, i) => (i % 257) * (random() < 0.01 ? 2 : 1)),
  "steep counts": steep,
};

it.each(Object.entries(KINDS))("compresses %s to the bytes of fflate, in one block and in many", (_, make) => {
  const lengths = [0, 1, 2, 3, 4, 29, 258, 259, 812, 7001, 25_000, 40_000, 200_000];
  for (let i = 0; i < 60; i++) lengths.push(Math.floor(2000 * random()));
  for (const length of lengths) {
    const data = make(length);
    const file = deflated(data);
    expect(unzlibSync(file)).toEqual(data);
    const theirs = zlibSync(data, { level: 9, mem: 4 });
    expect(file.length).toBe(theirs.length);
    expect(file.findIndex((byte, i) => byte !== theirs[i])).toBe(-1);
  }
});
