import { describe, expect, it } from "vitest";
import { toPixels } from "../../../../wasm-model/render/image/pixels.ts";

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
