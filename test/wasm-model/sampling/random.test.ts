import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, it } from "vitest";
import {
  CLASS_DRAW,
  gaussianQuantile,
  gaussians,
  noiseOf,
  philox4x32,
  randomWords,
  seedState,
  uniformInt,
} from "../../../wasm-model/sampling/random.ts";
import { gaussianCdf } from "./closed-form.ts";

const hex = (values: ArrayLike<number>, digits: number) => Array.from(values, (v) => v.toString(16).padStart(digits, "0")).join(" ");

// The known-answer vectors that the authors publish (Random123, tests/kat_vectors, philox4x32 10).
it.each([
  [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], "d16cfe09 94fdcceb 5001e420 24126ea1"],
])("philox4x32: counter %j, key %j", (counter, key, expected) => {
  const out = new Uint32Array(4);
  philox4x32(counter, key, out);
  expect(hex(out, 8)).toBe(expected);
  const inPlace = new Uint32Array(counter);
  philox4x32(inPlace, key, inPlace);
  expect(hex(inPlace, 8)).toBe(expected);
});

describe("seedState", () => {
  it("is the start of SHA-256, little-endian", () => {
    // FIPS 180-2's example: SHA-256("abc") = ba7816bf 8f01cfea 414140de 5dae2223 ...
    const { key, nonce } = seedState("abc");
    expect(hex(key, 8)).toBe("bf1678ba eacf018f");
    expect(hex(nonce, 8)).toBe("de404141 2322ae5d");
  });

  it("hashes UTF-8 bytes", () => {
    expect(seedState("\u00e9")).not.toEqual(seedState("e\u0301"));
    expect(seedState("\ud800")).toEqual(seedState("\ufffd"));
  });
});

describe("numbers of a draw", () => {
  const state = seedState("anneal");

  it("are the Philox blocks of counter [block, draw, nonce]", () => {
    const words = new Uint32Array(12);
    randomWords(state, 5, words);
    const block = new Uint32Array(4);
    philox4x32([2, 5, state.nonce[0], state.nonce[1]], state.key, block);
    expect(words.slice(8)).toEqual(block);
  });

  it("do not depend on how many are drawn, nor on where they are stored", () => {
    const all = new Float32Array(40);
    gaussians(state, 3, all);
    for (const n of [1, 2, 3, 5, 39]) {
      const some = new Float32Array(n + 2).fill(7);
      gaussians(state, 3, some.subarray(1, n + 1));
      expect(some).toEqual(new Float32Array([7, ...all.slice(0, n), 7]));
    }
  });

  it("are those of a seed in a shape, from draw 0 on", () => {
    const expected = new Float32Array(24);
    for (const draw of [0, 2]) {
      gaussians(seedState("alice"), draw, expected);
      expect(draw === 0 ? noiseOf("alice", [2, 3, 4]) : noiseOf("alice", [2, 3, 4], draw)).toEqual(expected);
    }
  });

  it("have the same bits on every machine", () => {
    const out = new Float32Array(28 * 28);
    gaussians(state, 0, out);
    const words = new Uint32Array(out.buffer);
    expect(hex(words.subarray(0, 4), 8)).toBe("bf58ce05 3f399aba be6409ad bb6b4587");
    const bytes = new Uint8Array(4 * words.length);
    const view = new DataView(bytes.buffer);
    for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
    expect(hex(sha256(bytes), 2).replaceAll(" ", "")).toBe("ea7911d544d1af5635405122a181f97405ee39e4729b66c3c8f54a967ccb5920");
    expect(["0", "1", "2", "3", "4", "5", "6", "7"].map((seed) => uniformInt(seedState(seed), CLASS_DRAW, 10))).toEqual([
      9, 4, 5, 8, 8, 8, 8, 0,
    ]);
  });
});

describe("gaussianQuantile", () => {
  /** u of a random word, as random.ts makes it. */
  const uniform = (word: number) => (word + 0.5) / 2 ** 32;
  const last = 2 ** 32 - 1;

  it("has a CDF error of at most 1e-7 after rounding to float32, from the first word to the last", () => {
    let worst = 0;
    for (let i = 0; i <= 10000; i++) {
      const u = uniform(Math.floor((last * i) / 10000));
      worst = Math.max(worst, Math.abs(gaussianCdf(Math.fround(gaussianQuantile(u))) - u));
    }
    expect(worst).toBeLessThan(1e-7);
    expect(worst).toBeGreaterThan(0);
  });
});
