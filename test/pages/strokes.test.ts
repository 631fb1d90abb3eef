/** What a drawing on the page Create keeps in its address, and the pixels that the network sees. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inksOf, sketchPixels } from "../../worker/pages/create/inks.ts";
import { maskOf, raster } from "../../worker/pages/create/raster.ts";
import {
  bytesOf,
  type Drawing,
  drawingOf,
  fromBase64Url,
  MOST_BYTES,
  type Stroke,
  type StrokePoint,
  toBase64Url,
} from "../../worker/pages/create/strokes.ts";

const line = (points: readonly StrokePoint[], ink: Partial<Stroke> = {}): Stroke => ({
  colour: 1,
  width: 20,
  isFilled: false,
  points,
  ...ink,
});
const on = (...strokes: Stroke[]): Drawing => ({ paper: 0, strokes });

describe("the address", () => {
  const byte = fc.nat(255);
  const points = fc.array(fc.tuple(byte, byte), { minLength: 1, maxLength: 300, size: "max" });
  const strokes = fc.array(fc.record({ colour: fc.nat(15), width: byte, isFilled: fc.boolean(), points }), { maxLength: 4 });

  it("holds any drawing, in two bytes a point and four more a stroke", () =>
    fc.assert(
      fc.property(fc.record({ paper: fc.nat(15), strokes }), (drawing) => {
        const bytes = bytesOf(drawing);
        expect(bytes.length).toBe(drawing.strokes.reduce((sum, { points }) => sum + 4 + 2 * points.length, 1));
        const text = toBase64Url(bytes);
        expect(text).toMatch(/^[\w-]+$/);
        expect(drawingOf(fromBase64Url(text)!, 16)).toEqual(drawing);
      }),
      { numRuns: 30 },
    ));

  it("refuses anything but a drawing in this palette, including every truncated one", () => {
    const bytes = bytesOf({ paper: 3, strokes: [line([[0, 255]]), line([[1, 2], [3, 4]], { colour: 15 })] }); // biome-ignore format: points
    expect(drawingOf(bytes, 16)).toBeDefined();
    for (const colours of [15, 3]) expect(drawingOf(bytes, colours)).toBeUndefined();
    const ends = Array.from(bytes.keys()).filter((length) => drawingOf(bytes.slice(0, length), 16));
    expect(ends).toEqual([1, 1 + 6]); // after the paper and after the first stroke
    for (const flag of [0x80, 0x40, 0x20]) expect(drawingOf(Uint8Array.of(0, flag + 1, 20, 1, 0, 5, 5), 16)).toBeUndefined(); // unknown ones
    expect(drawingOf(Uint8Array.of(0, 1, 20, 0, 0), 16)).toBeUndefined(); // a stroke without points
    expect(drawingOf(new Uint8Array(MOST_BYTES + 1), 16)).toBeUndefined();
    expect(fromBase64Url("%")).toBeUndefined();
  });
});

describe("raster", () => {
  const size = { width: 51, height: 51, channels: 1 }; // a pixel is five parts of the canvas
  const palette = [[0], [255], [100]];
  const share = (drawing: Drawing): number => raster(drawing, size, palette).reduce((sum, value) => sum + value / 255, 0);

  it("covers the area of a disc and a line with round ends", () => {
    const radius = 5; // of a width of 50 parts
    expect(share(on(line([[127, 127]], { width: 50 })))).toBeCloseTo(Math.PI * radius ** 2, -0.5);
    const ends = [60, 160].map((x): StrokePoint => [x, 127]);
    expect(share(on(line(ends, { width: 50 })))).toBeCloseTo(Math.PI * radius ** 2 + 20 * 2 * radius, -0.5);
  });

  it("fills the inside of a closed line, by the even-odd rule, and does not leave the canvas", () => {
    const square = (least: number, most: number) => [least, most, most, least].map((x, i) => [x, i < 2 ? least : most] as const);
    const inside = (ink: Partial<Stroke>) => share(on(line(square(50, 200), ink)));
    expect(inside({ isFilled: true, width: 0 })).toBeCloseTo(30 * 30, -2);
    expect(inside({ isFilled: true })).toBeGreaterThan(inside({}) + 20 * 20);
    expect(share(on(line(square(0, 255), { isFilled: true, width: 255 })))).toBe(51 * 51);
  });

  it("marks what is to be repainted", () => {
    const mask = maskOf(on(line([[127, 127]], { width: 50 })), size);
    expect([mask[25 * 51 + 25], mask[0]]).toEqual([255, 0]);
    expect(mask.filter((value) => value > 0).length).toBeCloseTo(Math.PI * 5 ** 2, -1);
  });
});

it("of a grey model has its greys where links of earlier versions have them", () => {
  expect(inksOf(1).colours.map(([, name]) => name)).toEqual(["black", "white", "light grey", "dark grey", "grey"]);
});

it("lies on the paper of its kind, unless it has its own; what it encloses, or else its middle, has the colour of the kind's middle", () => {
  const [size, inks] = [{ width: 8, height: 8, channels: 3 }, inksOf(3)];
  const kind = { paper: [10, 20, 30], body: [200, 100, 50] };
  const colours = (drawing: Drawing, of: typeof kind | undefined) => {
    const pixels = sketchPixels(drawing, size, inks, of);
    return [0, 3 * (4 * 8 + 4)].map((at) => [...pixels.subarray(at, at + 3)]);
  };
  const ring = line([[64, 64], [192, 64], [192, 192], [64, 192], [64, 66]], { colour: 0, width: 8 }); // biome-ignore format: points
  const dot = line([[32, 128]], { colour: 0, width: 8 });
  const shape = { ...ring, isFilled: true };
  const likePaper = { ...shape, colour: 14 }; // dark grey, #3c3c3c, would be taken for it
  expect(colours({ paper: 1, strokes: [ring] }, kind)).toEqual([kind.paper, kind.body]);
  expect(colours({ paper: 1, strokes: [dot] }, kind)).toEqual([kind.paper, kind.body]);
  const filled = { ...shape, colour: 5 };
  expect(colours({ paper: 8, strokes: [filled] }, kind)).toEqual([inks.palette[8], inks.palette[5]]);
  expect(colours({ paper: 1, strokes: [likePaper] }, kind)).toEqual([kind.paper, [130, 80, 55]]);
  expect(colours({ paper: 1, strokes: [ring] }, undefined)).toEqual([inks.palette[1], inks.palette[1]]);
});
