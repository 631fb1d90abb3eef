import { describe, expect, it } from "vitest";
import { averageColour } from "../../../worker/images/json.ts";

const of = (channels: number, ...pixels: number[]) =>
  averageColour({ pixels: Uint8Array.from(pixels), width: pixels.length / channels, height: 1, channels });

describe("averageColour", () => {
  it("is the mean of each channel", () => {
    expect(of(1, 0, 0, 255)).toBe("#555555");
    expect(of(3, 255, 0, 10, 0, 0, 11)).toBe("#80000b");
  });

  it("weights pixels by their alpha, and has the mean alpha", () => {
    expect(of(4, 255, 0, 0, 255, 0, 0, 255, 0)).toBe("#ff000080");
    expect(of(4, 200, 0, 0, 30, 0, 100, 0, 10)).toBe("#96190014");
    expect(of(4, 9, 9, 9, 0)).toBe("#00000000");
  });
});
