import { describe, expect, it } from "vitest";
import { guided, guidedEvaluations } from "../../wasm-model/guidance.ts";

/** What a network says of x: x / (1 + sigma) plus ten times the class, nothing for none; in one buffer, as a runtime may. */
function network() {
  const buffer = new Float32Array(2);
  let calls = 0;
  const denoise = (x: Float32Array, sigma: number, labels: Float32Array): Float32Array => {
    calls++;
    const shift = 10 * labels.indexOf(1);
    buffer.set(x.map((value) => value / (1 + sigma) + Math.max(0, shift)));
    return buffer;
  };
  return { denoise, calls: () => calls };
}

const x = Float32Array.from([2, -4]);
const labels = Float32Array.from([0, 0, 1]);

describe("guided", () => {
  it.each([
    [0, [1, -2]],
    [0.5, [11, 8]],
    [3, [61, 58]],
  ])("is D_uncond + %d (D_cond - D_uncond), of two evaluations", async (weight, expected) => {
    const { denoise, calls } = network();
    expect([...((await guided(denoise, weight)(x, 1, labels)) as Float32Array)]).toEqual(expected);
    expect(calls()).toBe(2);
    expect(guidedEvaluations(weight)).toBe(2);
    const asynchronous = guided(async (...input) => denoise(...input).slice(), weight);
    expect([...(await asynchronous(x, 1, labels))]).toEqual(expected);
  });

  it("is the denoiser itself at 1", () => {
    const { denoise } = network();
    expect(guided(denoise, 1)).toBe(denoise);
    expect(guidedEvaluations(1)).toBe(1);
  });
});
