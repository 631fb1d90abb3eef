import { beforeAll, describe, expect, it } from "vitest";
import { KernelDistance } from "../../../training/measure/kernel-distance.ts";
import type { Tf } from "../../../training/network/score-network.ts";
import { gaussians, seedState } from "../../../wasm-model/sampling/random.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

const SIZE = 5;
/** Rows of independent Gaussians. */
function rows(count: number, seed: string, mean = 0, std = 1): Float32Array {
  const values = new Float32Array(count * SIZE);
  gaussians(seedState(seed), 0, values);
  return values.map((value) => mean + std * value);
}

/** The definition, by loops: rows are standardized by the reference. */
function byLoops(reference: Float32Array, own: Float32Array): number {
  const list = (values: Float32Array) =>
    Array.from({ length: values.length / SIZE }, (_, i) => Array.from(values.subarray(i * SIZE, (i + 1) * SIZE)));
  const [x, y] = [list(own), list(reference)];
  const mean = Array.from({ length: SIZE }, (_, f) => y.reduce((sum, row) => sum + row[f], 0) / y.length);
  const std = mean.map((m, f) => Math.sqrt(y.reduce((sum, row) => sum + (row[f] - m) ** 2, 0) / y.length));
  const scaled = (all: number[][]) => all.map((row) => row.map((value, f) => (value - mean[f]) / std[f]));
  const kernel = (a: number[], b: number[]) => (a.reduce((sum, value, f) => sum + value * b[f], 0) / SIZE + 1) ** 3;
  const average = (as: number[][], bs: number[][]) => {
    const pairs = as.flatMap((a, i) => bs.flatMap((b, j) => (as === bs && i === j ? [] : [kernel(a, b)])));
    return pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
  };
  const [own1, reference1] = [scaled(x), scaled(y)];
  return average(own1, own1) + average(reference1, reference1) - 2 * average(own1, reference1);
}

describe("KernelDistance", () => {
  it("is the unbiased squared maximum mean discrepancy", () => {
    const [reference, own] = [rows(30, "reference", 3, 2), rows(20, "own", 3.5, 1.5)];
    expect(new KernelDistance(tf, reference, SIZE).of(own)).toBeCloseTo(byLoops(reference, own), 4);
  });

  it("is about 0 for the same distribution, however few rows, and grows with the shift and with the spread", () => {
    const distance = new KernelDistance(tf, rows(2000, "r"), SIZE);
    const mean = (make: (seed: string) => Float32Array) =>
      Array.from({ length: 40 }, (_, k) => distance.of(make(`${k}`))).reduce((sum, value) => sum + value / 40, 0);
    const same = mean((seed) => rows(20, seed));
    expect(Math.abs(same)).toBeLessThan(0.05);
    const [near, far] = [0.5, 1].map((shift) => mean((seed) => rows(20, seed, shift)));
    expect(near).toBeGreaterThan(0.2);
    expect(far).toBeGreaterThan(2 * near);
    expect(mean((seed) => rows(20, seed, 0, 2))).toBeGreaterThan(0.2);
  });

  it("does not depend on the features' scales, and tolerates a constant feature", () => {
    const [reference, own] = [rows(50, "a"), rows(20, "b")];
    const scaled = (values: Float32Array) => values.map((value, at) => (at % SIZE === 0 ? 1000 * value + 7 : value));
    expect(new KernelDistance(tf, scaled(reference), SIZE).of(scaled(own))).toBeCloseTo(new KernelDistance(tf, reference, SIZE).of(own), 3);
    const constant = (values: Float32Array) => values.map((value, at) => (at % SIZE === 0 ? 4 : value));
    expect(new KernelDistance(tf, constant(reference), SIZE).of(constant(own))).toBeLessThan(1);
  });
});
