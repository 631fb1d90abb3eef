import { expect, it } from "vitest";
import { fromHalves, toHalves } from "../../../../wasm-model/model/onnx/half.ts";

const half = (value: number): number => toHalves(Float32Array.of(value))[0];
const FINITE = 0x7c00;

it("every finite half becomes a float and itself again", () => {
  const halves = Uint16Array.from({ length: 2 * FINITE }, (_, i) => (i < FINITE ? i : i - FINITE + 0x8000));
  const values = fromHalves(halves);
  expect(toHalves(values)).toEqual(halves);
  expect(values.subarray(0, FINITE).every((value, i, all) => i === 0 || value > all[i - 1])).toBe(true);
  expect([...fromHalves(Uint16Array.of(0x0001, 0x0400, 0x3c00, 0xc000, 0x7bff))]).toEqual([2 ** -24, 2 ** -14, 1, -2, 65504]);
});

it("what lies between two halves becomes the nearer one, and in the middle the even one", () => {
  const positive = fromHalves(Uint16Array.from({ length: FINITE }, (_, i) => i));
  for (let i = 0; i + 1 < FINITE; i++) {
    const middle = (positive[i] + positive[i + 1]) / 2;
    const away = (positive[i + 1] - positive[i]) / 64;
    expect([half(middle - away), half(middle), half(middle + away), half(-middle)]).toEqual([i, i + (i % 2), i + 1, 0x8000 + i + (i % 2)]);
  }
});

it("what is too large for a half is infinite, and so is what is no number", () => {
  expect([half(65519), half(65520), half(1e30), half(-1e30)]).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00]);
  expect([...fromHalves(Uint16Array.of(0x7c00, 0xfc00, 0x7e00))]).toEqual([Infinity, -Infinity, Infinity]);
});
