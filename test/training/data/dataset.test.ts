import { describe, expect, it } from "vitest";
import { paddedSplit } from "../../../training/data/dataset.ts";
import { memorySplit } from "../../../training/data/split.ts";
import { type PaddedShape, padded } from "../../../wasm-model/render/image/pad.ts";
import { fromPixels } from "../../../wasm-model/render/image/pixels.ts";
import { imageValues } from "../../../wasm-model/render/inputs.ts";
import { TINY } from "../../support/random-model.ts";

const spec = { ...TINY, height: 8, width: 12, channels: 3 as const };
const crop = { top: 1, left: 4, height: 5, width: 7 };
const images = Uint8Array.from({ length: 2 * 5 * 7 * 3 }, (_, i) => (i * 89) % 256);

describe("padded images", () => {
  it("repeat their border, as uploaded images do", () => {
    const all = fromPixels({ ...spec, pixels: padded(images, { spec, crop }) });
    const size = 8 * 12 * 3;
    expect(all).toHaveLength(2 * size);
    for (const n of [0, 1]) {
      const pixels = images.subarray(n * 105, (n + 1) * 105);
      const expected = imageValues({ pixels, height: 5, width: 7, channels: 3 }, { spec, crop });
      expect(all.subarray(n * size, (n + 1) * size)).toEqual(expected);
    }
  });

  it("have the image where the crop is", () => {
    const [height, width] = [4, 4];
    const frame: PaddedShape = { spec: { height, width, channels: 1 }, crop: { top: 1, left: 0, height: 2, width: 3 } };
    expect([...padded(Uint8Array.of(1, 2, 3, 4, 5, 6), frame)]).toEqual([1, 2, 3, 3, 1, 2, 3, 3, 4, 5, 6, 6, 4, 5, 6, 6]);
  });

  it("are the same images if there is no crop", () => {
    expect(padded(images, { spec })).toBe(images);
  });

  it("keep their labels", () => {
    const split = paddedSplit(memorySplit(images, [4, 2]), { spec, crop });
    expect([split.count, ...split.labels]).toEqual([2, 4, 2]);
    expect(split.images()).toEqual(padded(images, { spec, crop }));
    expect(split.images(1, 2)).toEqual(padded(images.subarray(105), { spec, crop }));
  });
});
