/**
 * Numbers that are the same for the same seed: those of the library, and from a linear congruential generator, which is good
 * enough to fill a test's arrays.
 */
import { meanOf } from "../../training/network/held-out.ts";
import { noiseOf } from "../../wasm-model/sampling/random.ts";

/** Standard normal values of the library's random numbers. */
export const normalValues = (seed: string, count: number, draw = 0): Float32Array => noiseOf(seed, [count], draw);

/** In [0, 1). */
export function randomUniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Integers, low <= n <= high. */
export function randomIntegers(seed: number, low: number, high: number): () => number {
  const uniform = randomUniforms(seed);
  return () => low + Math.floor(uniform() * (high - low + 1));
}

/** Standard normal, by Box and Muller. */
export function gaussianSource(seed: number): () => number {
  const next = randomUniforms(seed ^ 0x5deece66);
  const uniform = (): number => next() + 2 ** -33; // never 0
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Of the mean of several values. */
export function standardError(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length * (values.length - 1)));
}
