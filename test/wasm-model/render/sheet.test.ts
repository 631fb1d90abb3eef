/** Many images in one file, and where each is. */
import { decode } from "fast-png";
import { expect, it } from "vitest";
import { encodeSheet, mostInSheet } from "../../../wasm-model/render/sheet.ts";

const ORIGIN = { file: "sprites.png", model: "pets", version: "abc", options: { class: "cat" } };

it("a sheet has as many columns as rows, and JSON finds each image in it", () => {
  const shape = { width: 3, height: 2, channels: 4 };
  const images = Array.from({ length: 5 }, (_, i) => ({
    file: `cat/${i}.png`,
    image: { ...shape, pixels: new Uint8Array(24).fill(40 * i + 9) },
  }));
  const { png, json } = encodeSheet(images, ORIGIN, false);
  const sheet = decode(png);
  const indexed = encodeSheet(images, ORIGIN, true);
  expect([indexed.png[25], indexed.json]).toEqual([3, json]); // colour type 3
  expect(sheet).toMatchObject({ width: 9, height: 4, channels: 4 });
  const { frames, meta } = JSON.parse(json);
  expect(meta).toMatchObject({
    image: "sprites.png",
    size: { w: 9, h: 4 },
    scale: "1",
    model: "pets",
    version: "abc",
    options: { class: "cat" },
  });
  expect(Object.keys(frames)).toEqual(images.map(({ file }) => file));
  for (const { file, image } of images) {
    const { frame, rotated, trimmed, spriteSourceSize, sourceSize } = frames[file];
    expect({ rotated, trimmed, spriteSourceSize, sourceSize }).toEqual({
      ...{ rotated: false, trimmed: false },
      ...{ spriteSourceSize: { x: 0, y: 0, w: 3, h: 2 }, sourceSize: { w: 3, h: 2 } },
    });
    for (let y = 0; y < frame.h; y++) {
      const at = 4 * ((frame.y + y) * sheet.width + frame.x);
      expect([...sheet.data.subarray(at, at + 4 * frame.w)]).toEqual(Array(12).fill(image.pixels[0]));
    }
  }
});

it.each([
  [32, 32, 1024],
  [24, 24, 1806],
  [512, 512, 4],
  [1024, 1024, 1],
])("a file may have %i x %i images %i times", (width, height, most) => {
  expect(mostInSheet({ width, height })).toBe(most);
});
