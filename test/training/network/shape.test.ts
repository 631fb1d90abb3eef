import { describe, expect, it } from "vitest";
import type { Dataset } from "../../../training/data/dataset.ts";
import { describeSize, shapeFor } from "../../../training/network/shape.ts";
import { memorySplit } from "../../../training/network/split.ts";
import { checkedCard } from "../../../wasm-model/model/card.ts";
import { parametersOf } from "../../../wasm-model/network/count.ts";
import { NETWORKS, type NetworkName, sizeUnit } from "../../../wasm-model/network/spec.ts";
import { cardOf } from "../../support/random-model.ts";
import { memoryDataset } from "../../support/tiny-dataset.ts";

/** Two images, one black and one white: their standard deviation is 1. */
function dataset(height: number, width: number, channels = 3): Dataset {
  const split = memorySplit(new Uint8Array(2 * height * width * channels).fill(255, height * width * channels), [0, 1]);
  return memoryDataset({ labels: ["a", "b"], train: split, height, width, channels });
}

describe("the network for a data set", () => {
  it("has the images' size if its levels can halve it", () => {
    expect(shapeFor(dataset(28, 28, 1), "m32")).toEqual({
      spec: { height: 28, width: 28, channels: 1, classes: 2, sigmaData: 1, ...NETWORKS.m32 },
    });
  });

  it("otherwise has the next larger size, with the images in its middle", () => {
    const shape = shapeFor(dataset(30, 21), "s32x3");
    expect(shape).toMatchObject({ spec: { height: 32, width: 24, channels: 3 }, crop: { top: 1, left: 1, height: 30, width: 21 } });
    expect(describeSize(shape)).toBe("24x32 pixels, padded from 21x30");
    expect(describeSize(shapeFor(dataset(32, 24), "s32x3"))).toBe("24x32 pixels");
  });

  it.each(Object.keys(NETWORKS) as NetworkName[])(
    "can be made and exported for every size from 16 to 64, and pads no more than it must: %s",
    (network) => {
      const unit = sizeUnit(NETWORKS[network]);
      for (let side = 16; side <= 64; side++) {
        const { spec, crop } = shapeFor(dataset(side, 80 - side), network);
        expect(() => parametersOf(spec)).not.toThrow();
        expect(() => checkedCard({ ...cardOf(spec), ...(crop && { crop }) })).not.toThrow();
        expect([spec.height - side < unit, spec.width - (80 - side) < unit]).toEqual([true, true]);
        expect(crop === undefined).toBe(side % unit === 0 && (80 - side) % unit === 0);
      }
    },
  );

  it("is refused for images that are too large, or neither grey nor RGB", () => {
    expect(() => shapeFor(dataset(65, 16), "m32")).toThrow(
      "Expected images of at most 64 x 64 pixels for `data` but received 65 x 16 pixels",
    );
    expect(() => shapeFor(dataset(16, 16, 2), "m32")).toThrow("Expected grey or RGB images for `data` but received 2 channels");
  });
});
