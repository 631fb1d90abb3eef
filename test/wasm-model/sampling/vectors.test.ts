import { describe, expect, it } from "vitest";
import { seedState, uniforms } from "../../../wasm-model/sampling/random.ts";
import { addScaled, blend, contract, scale, slope } from "../../../wasm-model/sampling/vectors.ts";

/** Numbers of [-2, 2] with all 24 bits in use. */
function numbers(draw: number): Float32Array {
  const u = new Float64Array(1000);
  uniforms(seedState("vectors"), draw, u);
  return Float32Array.from(u, (v) => 4 * v - 2);
}

/** One float32 operation at a time, through memory: what a SIMD lane does. */
const cell = new Float32Array(1);
const float32 = (value: number): number => {
  cell[0] = value;
  return cell[0];
};

const [a, b] = [numbers(0), numbers(1)];

describe("the samplers' arithmetic is float32 at every operation", () => {
  it("contract: x <- centre + ratio (x - centre)", () => {
    const x = a.slice();
    contract(x, b, 0.3);
    expect(x).toEqual(a.map((v, i) => float32(b[i] + float32(float32(0.3) * float32(v - b[i])))));
  });

  it("addScaled: x <- x + scale z", () => {
    const x = a.slice();
    addScaled(x, b, 0.3);
    expect(x).toEqual(a.map((v, i) => float32(v + float32(float32(0.3) * b[i]))));
  });

  it("scale: x <- factor x", () => {
    const x = a.slice();
    scale(x, 0.3);
    expect(x).toEqual(a.map((v) => float32(float32(0.3) * v)));
  });

  it("slope: out <- (x - denoised) / sigma", () => {
    const out = new Float32Array(a.length);
    slope(out, a, b, 0.3);
    expect(out).toEqual(a.map((v, i) => float32(float32(v - b[i]) / float32(0.3))));
  });

  it("blend: out <- weight a + (1 - weight) b", () => {
    const out = new Float32Array(a.length);
    blend(out, a, b, 1.3);
    expect(out).toEqual(a.map((v, i) => float32(float32(float32(1.3) * v) + float32(float32(-0.3) * b[i]))));
    blend(out, a, b, 1);
    expect(out).toEqual(a);
  });
});
