import { describe, expect, it } from "vitest";
import { grid, toPixels } from "../../../../wasm-model/render/image/pixels.ts";

describe("toPixels", () => {
  it("maps [-1, 1] onto 0..255, rounds and clamps", () => {
    expect([...toPixels([-1, 1, 0, -0.999, 0.998, -1.5, 7, -Infinity], 1)]).toEqual([0, 255, 128, 0, 255, 0, 255, 0]);
  });

  it("returns every byte from its own value", () => {
    const bytes = Array.from({ length: 256 }, (_, i) => i);
    expect([...toPixels(new Float32Array(bytes.map((byte) => byte / 127.5 - 1)), 1)]).toEqual(bytes);
  });

  it("puts the channels of a pixel side by side", () => {
    const byte = (value: number) => value / 127.5 - 1;
    const planar = [10, 20, 110, 120, 210, 220].map(byte);
    expect([...toPixels(planar, 3)]).toEqual([10, 110, 210, 20, 120, 220]);
  });
});

it("lays images out row by row and leaves the rest white, or transparent", () => {
  const image = (value: number) => ({ pixels: new Uint8Array(2 * 1 * 1).fill(value), width: 2, height: 1, channels: 1 });
  const sheet = grid([1, 2, 3].map(image), 2);
  expect({ ...sheet, pixels: [...sheet.pixels] }).toEqual({ width: 4, height: 2, channels: 1, pixels: [1, 1, 2, 2, 3, 3, 255, 255] });
  const dots = [1, 2, 3].map((value) => ({ pixels: Uint8Array.of(value, value, value, 255), width: 1, height: 1, channels: 4 }));
  expect([...grid(dots, 2).pixels.subarray(8)]).toEqual([3, 3, 3, 255, 0, 0, 0, 0]);
});

it("keeps the channels of a pixel together", () => {
  const red = { pixels: Uint8Array.of(255, 0, 0, 254, 0, 0), width: 1, height: 2, channels: 3 };
  const blue = { pixels: Uint8Array.of(0, 0, 255, 0, 0, 254), width: 1, height: 2, channels: 3 };
  expect([...grid([red, blue], 2).pixels]).toEqual([255, 0, 0, 0, 0, 255, 254, 0, 0, 0, 0, 254]);
});
