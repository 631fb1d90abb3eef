import { describe, expect, it } from "vitest";
import { reduce, resize } from "../../../../wasm-model/render/image/resize.ts";

const image = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => Math.fround(((i * 37) % 19) / 9 - 1)); // [2, 3, 4]

describe("resize", () => {
  it("changes nothing at the native size", () => {
    expect(resize(image, [2, 3, 4], [3, 4])).toEqual(image);
  });

  it.each([2, 3, 7, 16])("repeats pixels exactly at %i times the native size", (scale) => {
    const out = resize(image, [2, 3, 4], [3 * scale, 4 * scale]);
    for (let c = 0; c < 2; c++) {
      for (let y = 0; y < 3 * scale; y++) {
        for (let x = 0; x < 4 * scale; x++) {
          const source = image[(c * 3 + Math.floor(y / scale)) * 4 + Math.floor(x / scale)];
          expect(out[(c * 3 * scale + y) * 4 * scale + x]).toBe(source);
        }
      }
    }
  });

  it("is smooth in both directions unless both sizes are whole multiples", () => {
    const rows = Float32Array.from({ length: 4 * 2 }, (_, i) => (i < 4 ? -1 : 1)); // [1, 2, 4]
    const column = (out: Float32Array, width: number) => [0, 1, 2, 3].map((y) => out[y * width]);
    expect(column(resize(rows, [1, 2, 4], [4, 8]), 8)).toEqual([-1, -1, 1, 1]);
    const [top, upper, lower, bottom] = column(resize(rows, [1, 2, 4], [4, 9]), 9);
    expect(top).toBeLessThan(upper);
    expect(upper).toBeLessThan(lower);
    expect(lower).toBeLessThan(bottom);
  });

  it("reproduces polynomials of degree 2 away from the border, as Catmull-Rom does", () => {
    const width = 12;
    const newWidth = 30;
    const square = (x: number) => 0.01 * x * x - 0.1 * x;
    const row = Float32Array.from({ length: width }, (_, x) => square(x));
    const out = resize(row, [1, 1, width], [1, newWidth]);
    for (let x = 0; x < newWidth; x++) {
      const position = ((x + 0.5) * width) / newWidth - 0.5;
      if (position >= 1 && position <= width - 2) expect(out[x]).toBeCloseTo(square(position), 6);
    }
  });
});

describe("reduce", () => {
  it("undoes the repetition of pixels, exactly", () => {
    for (const scale of [1, 2, 3, 7])
      expect(reduce(resize(image, [2, 3, 4], [3 * scale, 4 * scale]), [2, 3 * scale, 4 * scale], [3, 4])).toEqual(image);
  });

  it("keeps the mean of a channel at sizes that do not divide the old ones, and any plain colour", () => {
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const size of [
      [2, 3],
      [1, 1],
      [3, 3],
      [2, 4],
    ] as [number, number][]) {
      const out = reduce(image, [2, 3, 4], size);
      const half = out.length / 2;
      for (const c of [0, 1])
        expect(mean(out.subarray(c * half, (c + 1) * half))).toBeCloseTo(mean(image.subarray(c * 12, (c + 1) * 12)), 6);
      for (const value of reduce(new Float32Array(24).fill(0.3), [2, 3, 4], size)) expect(value).toBeCloseTo(0.3, 6);
    }
  });

  it("weighs what it covers in part: three pixels to two", () => {
    expect([...reduce(Float32Array.of(0, 3, 6), [1, 1, 3], [1, 2])]).toEqual([1, 5]);
  });
});

it("smooths whole multiples too if asked, as any other size", () => {
  const edge = Float32Array.of(-1, -1, 1, 1);
  const out = resize(edge, [1, 1, 4], [1, 8], true);
  expect(new Set(out).size).toBeGreaterThan(4);
  for (let x = 0; x < 4; x++) expect(out[x]).toBe(-out[7 - x]);
});
