/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3"), and
 * uniforms and Gaussians made from it. Every number is a pure function of (seed, draw, index): no hidden state, any
 * order, the same bits everywhere.
 *
 * A *state* is the hash of a seed. A *draw* (0 to 2^32 - 1) names one array of numbers from it: draw 0 is an image's
 * first noise, draws 1, 2, ... its fresh noise, `CLASS_DRAW` its class, `START_DRAW` the colours that it starts from.
 * Counter layout: [index of the block, draw, nonce, nonce]; a block of 128 bits gives four numbers. Independent streams
 * have their own seeds, e.g. `seedState(`${seed}/step/${step}`)`.
 */

import { sha256 } from "../schema/bytes.ts";
import { log } from "./elementary.ts";

export interface RandomState {
  /** Philox's key, two 32-bit words. */
  readonly key: Words;
  /** The seed's half of Philox's counter, two 32-bit words. */
  readonly nonce: Words;
}

/** 32-bit words, as an array or a typed array. */
type Words = ArrayLike<number>;

/** The draw that chooses a class if the caller names none. Noise never uses it. */
export const CLASS_DRAW = 0xffffffff;

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const WEYL0 = 0x9e3779b9;
const WEYL1 = 0xbb67ae85;

/** High 32 bits of the 64-bit product a m, both unsigned; from products of 16-bit halves. */
function multiplyHigh(a: number, m: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const m0 = m & 0xffff;
  const m1 = m >>> 16;
  const middle = (Math.imul(a1, m0) + (Math.imul(a0, m0) >>> 16)) >>> 0; // at most (2^16 - 1) 2^16: no overflow
  const carry = (Math.imul(a0, m1) + (middle & 0xffff)) >>> 0;
  return (Math.imul(a1, m1) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** Philox4x32-10: writes four random 32-bit words for a counter of four words and a key of two. `out` may be `counter`. */
export function philox4x32(counter: Words, key: Words, out: Uint32Array): void {
  let c0 = counter[0] | 0;
  let c1 = counter[1] | 0;
  let c2 = counter[2] | 0;
  let c3 = counter[3] | 0;
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(c0, M0);
    const high1 = multiplyHigh(c2, M1);
    const low0 = Math.imul(c0, M0);
    const low1 = Math.imul(c2, M1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL0) | 0;
    k1 = (k1 + WEYL1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The first 16 bytes of SHA-256 of the seed's UTF-8 bytes, little-endian: key, then nonce. A lone surrogate counts as U+FFFD. */
export function seedState(seed: string): RandomState {
  const hash = sha256(new TextEncoder().encode(seed));
  const view = new DataView(hash.buffer, hash.byteOffset);
  const word = (i: number) => view.getUint32(4 * i, true);
  return { key: [word(0), word(1)], nonce: [word(2), word(3)] };
}

/** Fills `out` with random 32-bit words: element i depends on (state, draw, i) only. */
export function randomWords(state: RandomState, draw: number, out: Uint32Array): void {
  const key = new Uint32Array(state.key);
  const counter = new Uint32Array([0, draw, state.nonce[0], state.nonce[1]]);
  const block = new Uint32Array(4);
  for (let i = 0; i < out.length; i += 4) {
    counter[0] = i >>> 2;
    philox4x32(counter, key, block);
    for (let j = 0; j < 4 && i + j < out.length; j++) out[i + j] = block[j];
  }
}

/** Fills `out` with uniforms in (0, 1), odd multiples of 2^-33: element i depends on (state, draw, i) only. */
export function uniforms(state: RandomState, draw: number, out: Float64Array): void {
  const words = new Uint32Array(out.length);
  randomWords(state, draw, words);
  for (let i = 0; i < out.length; i++) out[i] = uniform(words[i]);
}

/** The draw's first number as an integer of 0..bound-1, 1 <= bound <= 2^32. No probability is off by more than 2^-32. */
export function uniformInt(state: RandomState, draw: number, bound: number): number {
  const word = new Uint32Array(1);
  randomWords(state, draw, word);
  return Math.floor(uniform(word[0]) * bound);
}

/**
 * Fills `out` with standard Gaussians, one 32-bit word each: element i depends on (state, draw, i) only. |value|
 * reaches 6.23 (probability 2^-32); the CDF is within 1e-7 of the Gaussian's everywhere.
 */
export function gaussians(state: RandomState, draw: number, out: Float32Array): void {
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length); // overwritten by the Gaussians
  randomWords(state, draw, words);
  for (let i = 0; i < out.length; i++) out[i] = gaussianQuantile(uniform(words[i]));
}

/**
 * The standard Gaussians of a seed, in an array of this shape: the first noise of an image [C, H, W], before it is multiplied by
 * its level, is draw 0, and what the step after level i adds is draw i + 1.
 */
export function noiseOf(seed: string, shape: readonly number[], draw = 0): Float32Array {
  const out = new Float32Array(shape.reduce((product, n) => product * n, 1));
  gaussians(seedState(seed), draw, out);
  return out;
}

/** (word + 1/2) 2^-32: exact, never 0 or 1, symmetric about 1/2. */
const uniform = (word: number): number => (word + 0.5) * 2.3283064365386963e-10;

/**
 * The standard Gaussian's inverse CDF for 1.4e-11 < u < 1 - 1.4e-11 (Wichura 1988, algorithm AS 241, routine PPND7
 * without its far tail). Relative error below 2e-7. 85 % of all u take the first branch, without logarithm.
 */
export function gaussianQuantile(u: number): number {
  const q = u - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q * (3.3871327179 + r * (50.434271938 + r * (159.29113202 + r * 59.10937472)))) /
      (1 + r * (17.895169469 + r * (78.757757664 + r * 67.1875636)))
    );
  }
  const r = Math.sqrt(-log(q < 0 ? u : 1 - u)) - 1.6;
  const x = (1.4234372777 + r * (2.75681539 + r * (1.3067284816 + r * 0.17023821103))) / (1 + r * (0.7370016425 + r * 0.12021132975));
  return q < 0 ? -x : x;
}
