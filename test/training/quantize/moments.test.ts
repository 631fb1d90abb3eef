import { describe, expect, it } from "vitest";
import { feedbackOf, PatchMoments } from "../../../training/quantize/moments.ts";
import type { Parameter } from "../../../wasm-model/network/count.ts";

/** Those of one convolution [1, channels, kernel, kernel]. */
const momentsOf = (size: { readonly height: number; readonly width: number }, channels: number, kernel: number): PatchMoments =>
  new PatchMoments("moments", size, new Map<string, Parameter>([["conv", { shape: [1, channels, kernel, kernel], kind: "conv" }]]), [
    "conv",
  ]);

describe("the moments of patches", () => {
  /** Two maps of two channels, 2 x 4 pixels each, of an image of 4 x 8 pixels. */
  const maps = Float32Array.from({ length: 32 }, (_, i) => ((i * 7) % 11) - 5);
  const size = { height: 4, width: 8 };

  it("are the mean of p p^T over all pixels of all images", () => {
    const moments = momentsOf(size, 2, 1);
    const calls = 4000;
    for (let call = 0; call < calls; call++) moments.add("conv", maps, 2);
    const expected = [0, 0, 0];
    for (let b = 0; b < 2; b++) {
      for (let place = 0; place < 8; place++) {
        const [u, v] = [maps[16 * b + place], maps[16 * b + 8 + place]];
        for (const [i, product] of [u * u, u * v, v * v].entries()) expected[i] += product / 8;
      }
    }
    const [uu, uv, , vv] = moments.momentsOf("conv");
    for (const [i, sum] of [uu, uv, vv].entries())
      expect(Math.abs(sum / calls - expected[i])).toBeLessThan(0.05 * (expected[0] + expected[2]));
  });

  it("see 3x3 pixels, and zeros beyond the border", () => {
    const moments = momentsOf(size, 1, 3);
    // One image of ones: each pixel is inside unless it lies beyond one of the four borders of 2 x 4 pixels.
    const calls = 4000;
    for (let call = 0; call < calls; call++) moments.add("conv", new Float32Array(8).fill(1), 1);
    const sums = moments.momentsOf("conv");
    const diagonal = Array.from({ length: 9 }, (_, i) => sums[i * 10] / calls);
    const expected = [3, 4, 3, 6, 8, 6, 3, 4, 3].map((places) => places / 8);
    for (const [i, share] of expected.entries()) expect(Math.abs(diagonal[i] - share)).toBeLessThan(0.04);
  });

  it.each([1, 2, 3, 5, 7, 8, 9, 33])("have the bits of sums made patch by patch: %d inputs", (channels) => {
    const moments = momentsOf({ height: 1, width: 1 }, channels, 1);
    const expected = new Float64Array(channels ** 2);
    for (let call = 0; call < 70; call++) {
      const patch = Float32Array.from({ length: channels }, (_, i) => Math.sin(call * channels + i));
      moments.add("conv", patch, 1);
      for (let i = 0; i < channels; i++) for (let j = i; j < channels; j++) expected[i * channels + j] += patch[i] * patch[j];
    }
    const upper = (sums: Float64Array): Float64Array => sums.filter((_, at) => at % channels >= Math.floor(at / channels));
    expect(upper(moments.momentsOf("conv"))).toEqual(upper(expected));
  });
});

describe("feedback", () => {
  it("is U of U D U^T = H, whose diagonal is 1 % larger", () => {
    const n = 5;
    const rows = Array.from({ length: 12 }, (_, r) => Array.from({ length: n }, (_, i) => ((r * 5 + i * i * 3) % 7) - 3));
    const H = Float64Array.from({ length: n * n }, (_, at) => rows.reduce((sum, row) => sum + row[Math.floor(at / n)] * row[at % n], 0));
    const feedback = feedbackOf(H);
    const damping = (0.01 * Array.from({ length: n }, (_, i) => H[i * n + i]).reduce((a, b) => a + b)) / n;
    const U = (i: number, j: number): number => (i === j ? 1 : feedback[i * n + j]);
    // D from the last column on; what remains of H after all columns is 0.
    const left = H.map((value, at) => value + (Math.floor(at / n) === at % n ? damping : 0));
    for (let k = n - 1; k >= 0; k--) {
      const d = left[k * n + k];
      expect(d).toBeGreaterThan(0);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) left[i * n + j] -= U(i, k) * d * U(j, k);
    }
    for (const value of left) expect(Math.abs(value)).toBeLessThan(1e-9 * H[0]);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) expect(feedback[i * n + j]).toBe(0);
  });

  it("is none for inputs that are always 0", () => {
    expect(feedbackOf(new Float64Array(9))).toEqual(new Float64Array(9));
  });
});
