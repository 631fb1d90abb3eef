import { expect, it } from "vitest";
import { toImage } from "../../../wasm-model/render/appearance.ts";
import { enlargerMacs } from "../../../wasm-model/render/cost.ts";
import { isSharpened, sharpened } from "../../../wasm-model/render/enlarge.ts";
import { finishImage } from "../../../wasm-model/render/finish.ts";
import { reduce, resize } from "../../../wasm-model/render/image/resize.ts";
import { addsNothing, cardOf, TINY } from "../../support/random-model.ts";

const card = cardOf(TINY);
const wave = (channels: number, height: number, width: number): Float32Array =>
  Float32Array.from({ length: channels * height * width }, (_, i) => 0.9 * Math.sin(0.7 * i));

it.each([1, 3])("is the Catmull-Rom enlargement if the network adds nothing, at any size: %s channels", async (channels) => {
  const shape = [channels, 6, 5] as const;
  const image = wave(...shape);
  const large = resize(image, shape, [24, 20], true);
  const at = (height: number, width: number) => sharpened(image, { channels, height: 6, width: 5 }, { height, width }, addsNothing);
  expect(await at(24, 20)).toEqual(large);
  expect(await at(12, 10)).toEqual(reduce(large, [channels, 24, 20], [12, 10]));
  expect(await at(10, 8)).toEqual(reduce(large, [channels, 24, 20], [10, 8]));
  expect(await at(48, 40)).toEqual(resize(large, [channels, 24, 20], [48, 40], true));
  expect(await at(37, 31)).toEqual(resize(large, [channels, 24, 20], [37, 31], true));
});

it("shows the network a grey image as three equal channels, and takes the mean of its answers", async () => {
  const image = wave(1, 2, 3);
  const shown: Float32Array[] = [];
  const sharp = await sharpened(image, { channels: 1, height: 2, width: 3 }, { height: 8, width: 12 }, async (x) => {
    shown.push(x);
    return Float32Array.from({ length: 16 * x.length }, (_, i) => [0.5, 0.25, -0.15][Math.floor(i / 96)]);
  });
  expect(shown).toEqual([Float32Array.from([...image, ...image, ...image])]);
  const smooth = resize(image, [1, 2, 3], [8, 12], true);
  for (const [i, value] of sharp.entries()) expect(value).toBeCloseTo(smooth[i] + 0.2, 6);
});

it("takes values beyond the data range as its ends", async () => {
  const of = (...image: number[]) =>
    sharpened(Float32Array.of(...image), { channels: 1, height: 2, width: 2 }, { height: 8, width: 8 }, addsNothing);
  expect(await of(-7, -1, 1, 3)).toEqual(await of(-1, -1, 1, 1));
});

it("sharpens what is larger than native, unless the request wants pixels", async () => {
  const values = wave(1, 8, 8);
  let calls = 0;
  const counting = {
    enlarge(image: Float32Array) {
      calls++;
      return addsNothing(image);
    },
  };
  const native = { width: 8, height: 8 };
  const pixels = { width: 32, height: 32, enlarge: "pixels" } as const;
  for (const appearance of [native, pixels])
    expect(await finishImage(values, appearance, card, counting)).toEqual(toImage(values, appearance, card));
  expect([isSharpened(native, card), isSharpened(pixels, card), calls]).toEqual([false, false, 0]);
  const large = { width: 32, height: 32 };
  expect(isSharpened(large, card)).toBe(true);
  expect(await finishImage(values, large, card, counting)).not.toEqual(toImage(values, large, card));
  expect(calls).toBe(1);
});

it("sees the card's crop", () => {
  const cropped = { ...card, crop: { top: 1, left: 2, height: 5, width: 4 } };
  expect(isSharpened({ width: 5, height: 6 }, cropped)).toBe(true);
  expect(enlargerMacs(cropped) / enlargerMacs(card)).toBe(20 / 64);
});
