import { expect, it } from "vitest";
import { drawKind, drawPerson, KINDS_BY_RULE, SIDE } from "../pixel-pictures.ts";

it("pixel art of all kinds is one palette of at most 64 colours, opaque or clear; a seed always draws the same, and 100 draw at least 60 images", () => {
  const colours = new Set<number>();
  const person = new Uint8Array(4 * SIDE * SIDE).fill(200);
  for (const draw of [...KINDS_BY_RULE.map((kind) => (seed: string) => drawKind(kind, seed)), (seed: string) => drawPerson(person, seed)]) {
    const images = Array.from({ length: 100 }, (_, k) => draw(`test/${k}`));
    const different = new Set(images.map((rgba) => rgba.join()));
    expect(different.size).toBeGreaterThan(60);
    expect(draw("test/0")).toEqual(images[0]);
    for (const rgba of images) for (let i = 0; i < rgba.length; i += 4) if (rgba[i + 3] !== 0) colours.add(new DataView(rgba.buffer).getUint32(i)); // biome-ignore format: one step
  }
  expect(colours.size).toBeLessThanOrEqual(64);
  for (const colour of colours) expect(colour & 255).toBe(255);
});
