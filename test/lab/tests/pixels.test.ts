import { expect, it } from "vitest";
import { ALL_KINDS, drawKind, SIDE } from "../pixel-pictures.ts";

it("pixel art of all kinds is one palette of at most 64 colours, opaque or clear, with outlines of equal halves; a seed always draws the same, and 100 draw at least 85 images", () => {
  const colours = new Set<number>();
  for (const kind of ALL_KINDS) {
    const images = Array.from({ length: 100 }, (_, k) => drawKind(kind, `test/${k}`));
    expect(new Set(images.map((rgba) => rgba.join())).size).toBeGreaterThanOrEqual(85);
    expect(drawKind(kind, "test/0")).toEqual(images[0]);
    for (const rgba of images)
      for (let i = 0; i < rgba.length; i += 4) {
        const mirrored = i + 4 * (SIDE - 1 - 2 * ((i / 4) % SIDE));
        if (rgba[i + 3] !== rgba[mirrored + 3]) throw new Error(`an outline of ${kind} is not symmetrical`);
        if (rgba[i + 3] !== 0) colours.add(new DataView(rgba.buffer).getUint32(i));
      }
  }
  expect(colours.size).toBeLessThanOrEqual(64);
  for (const colour of colours) expect(colour & 255).toBe(255);
});
