import { expect, it } from "vitest";
import { grid } from "../../../../wasm-model/render/image/grid.ts";

it("lays images out row by row and leaves the rest black, or transparent", () => {
  const image = (value: number) => ({ pixels: new Uint8Array(2 * 1 * 1).fill(value), width: 2, height: 1, channels: 1 });
  const sheet = grid([1, 2, 3].map(image), 2);
  expect({ ...sheet, pixels: [...sheet.pixels] }).toEqual({ width: 4, height: 2, channels: 1, pixels: [1, 1, 2, 2, 3, 3, 0, 0] });
  const dots = [1, 2, 3].map((value) => ({ pixels: Uint8Array.of(value, value, value, 255), width: 1, height: 1, channels: 4 }));
  expect([...grid(dots, 2).pixels.subarray(8)]).toEqual([3, 3, 3, 255, 0, 0, 0, 0]);
});

it("keeps the channels of a pixel together", () => {
  const red = { pixels: Uint8Array.of(255, 0, 0, 254, 0, 0), width: 1, height: 2, channels: 3 };
  const blue = { pixels: Uint8Array.of(0, 0, 255, 0, 0, 254), width: 1, height: 2, channels: 3 };
  expect([...grid([red, blue], 2).pixels]).toEqual([255, 0, 0, 0, 0, 255, 254, 0, 0, 0, 0, 254]);
});
