import { describe, expect, it } from "vitest";
import { colourize } from "../../../wasm-model/render/appearance.ts";

describe("colourize", () => {
  const grey = { pixels: Uint8Array.from({ length: 256 }, (_, i) => i), width: 16, height: 16, channels: 1 };

  it("maps black and white exactly and keeps greys in black and white", () => {
    const { pixels, channels } = colourize(grey, { background: [0, 0, 0], foreground: [255, 255, 255] });
    expect(channels).toBe(3);
    expect([...pixels]).toEqual([...grey.pixels].flatMap((value) => [value, value, value]));
    const coloured = colourize(grey, { background: [12, 200, 255], foreground: [250, 3, 0] }).pixels;
    expect([...coloured.subarray(0, 3), ...coloured.subarray(-3)]).toEqual([12, 200, 255, 250, 3, 0]);
  });

  it("on a transparent background gives, composited over any other, what that other background gives", () => {
    const foreground = [250, 3, 99] as const;
    const { pixels, channels } = colourize(grey, { background: "transparent", foreground });
    expect(channels).toBe(4);
    for (const background of [
      [0, 0, 0],
      [255, 255, 255],
      [12, 200, 77],
    ] as const) {
      const over = Array.from({ length: 3 * 256 }, (_, i) => {
        const [colour, alpha] = [pixels[4 * Math.floor(i / 3) + (i % 3)], pixels[4 * Math.floor(i / 3) + 3] / 255];
        return Math.round(background[i % 3] + (colour - background[i % 3]) * alpha);
      });
      expect(over).toEqual([...colourize(grey, { background, foreground }).pixels]);
    }
  });
});
