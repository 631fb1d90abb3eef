/** What becomes of drawn images, held against images whose colours and opacities are known. */
import { describe, expect, it } from "vitest";
import { createFinisher } from "../../../wasm-model/engine/finisher.ts";
import type { ModelCard } from "../../../wasm-model/model/card.ts";
import { enlargerFile } from "../../../wasm-model/model/model.ts";
import { readFinisher } from "../../../wasm-model/model/onnx/reader.ts";
import type { Size } from "../../../wasm-model/network/spec.ts";
import { bled, cutOut, onColour } from "../../../wasm-model/render/cut-out.ts";
import { finishImage } from "../../../wasm-model/render/finish.ts";
import { toPixels, unitValue, withBorder } from "../../../wasm-model/render/image/pixels.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { asPixelArt } from "../../../wasm-model/render/palette.ts";
import { type Colour, colourText } from "../../../wasm-model/request/colours.ts";
import { addsNothing, COLOURED, cardOf } from "../../support/random-model.ts";
import { plain } from "../engine/modules.ts";

/** How much of each pixel a disc in the middle covers, in 16 x 16 samples. */
function disc({ height, width }: Size): Float32Array {
  const radius = 0.35 * Math.min(height, width);
  return Float32Array.from({ length: height * width }, (_, i) => {
    let inside = 0;
    for (let k = 0; k < 256; k++) {
      const x = (i % width) + ((k % 16) + 0.5) / 16 - width / 2;
      const y = Math.floor(i / width) + (Math.floor(k / 16) + 0.5) / 16 - height / 2;
      if (x * x + y * y < radius * radius) inside++;
    }
    return inside / 256;
  });
}

/** A colour with these opacities on a ground: planes in [-1, 1]. */
const composed = (alpha: Float32Array, colour: Colour, ground: Colour): Float32Array =>
  Float32Array.from({ length: 3 * alpha.length }, (_, at) => {
    const [c, a] = [Math.floor(at / alpha.length), alpha[at % alpha.length]];
    return unitValue(a * colour[c] + (1 - a) * ground[c]);
  });

const cardOn = (ground: Colour, { height, width }: Size, more: Partial<ModelCard> = {}): ModelCard => {
  const card = cardOf({ ...COLOURED, height, width });
  return { ...card, cutOut: true, ...more, training: { ...card.training, pictures: { crop: "cover", background: colourText(ground) } } };
};

/** A matte that gives these opacities, before they are stretched. */
const networkOf = (alpha: Float32Array) => ({ enlarge: addsNothing, matte: () => alpha.map((a) => 0.04 + 0.92 * a) });

const bare = { enlarge: addsNothing };

const WHITE: Colour = [255, 255, 255];
const DARK: Colour = [16, 24, 40];
const native = { width: 32, height: 24 };
const alpha = disc(native);

/** The largest difference of two lists of bytes. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

describe("a disc of known colour and opacity on a ground", () => {
  it.each<[Colour, Colour]>([
    [WHITE, [200, 180, 150]],
    [WHITE, [255, 255, 255]],
    [DARK, [90, 90, 160]],
    [
      [120, 200, 30],
      [120, 120, 90],
    ],
  ])("is unmixed to them within rounding: on %j, %j", async (ground, colour) => {
    const drawn = composed(alpha, colour, ground);
    const { pixels, channels } = await finishImage(drawn, native, cardOn(ground, native), networkOf(alpha));
    expect(channels).toBe(4);
    for (const [i, a] of alpha.entries()) {
      expect(Math.abs(pixels[4 * i + 3] - 255 * a)).toBeLessThanOrEqual(1);
      const shown = [...pixels.subarray(4 * i, 4 * i + 3)];
      if (a === 0) expect(shown).toEqual([0, 0, 0]);
      else expect(apart(shown, colour)).toBeLessThanOrEqual(1);
    }
  });

  it("stands on its ground again as it was drawn, whatever the matte says, and on another colour as its own image does", async () => {
    const [ground, colour] = [WHITE, [20, 60, 140]] as const;
    const drawn = composed(alpha, colour, ground);
    const card = cardOn(ground, native);
    for (const matte of [alpha, alpha.map((a) => a ** 2), alpha.map(() => 1)]) {
      const transparent = await finishImage(drawn, native, card, networkOf(matte));
      expect(apart(onColour(transparent, ground).pixels, toPixels(drawn, 3))).toBeLessThanOrEqual(10); // 4 % of a contrast of 235
      expect(await finishImage(drawn, { ...native, behind: DARK }, card, networkOf(matte))).toEqual(onColour(transparent, DARK));
    }
  });

  it("is opaque where its colour cannot be the ground's, though the matte denies it", async () => {
    const drawn = composed(alpha, [0, 0, 0], WHITE);
    const { pixels } = await finishImage(drawn, native, cardOn(WHITE, native), networkOf(alpha.map(() => 0)));
    for (const [i, a] of alpha.entries())
      expect(Math.abs(pixels[4 * i + 3] - 255 * Math.min(1, Math.max(0, (a - 0.04) / 0.92)))).toBeLessThan(1);
  });

  it("lies in the card's crop, whose border the matte sees", async () => {
    const crop = { top: 1, left: 2, height: 24, width: 32 };
    const frame = { width: 40, height: 32 };
    const card = { ...cardOn(WHITE, frame), crop };
    const bytes = onColour(await finishImage(composed(alpha, DARK, WHITE), native, cardOn(WHITE, native), networkOf(alpha)), WHITE).pixels;
    const [border, opacity] = [bytes, Uint8Array.from(alpha, (a) => 255 * a)].map((pixels, i) =>
      withBorder(pixels, { ...card, spec: { ...card.spec, channels: [3, 1][i] } }),
    );
    const values = Float32Array.from({ length: border.length }, (_, at) => unitValue(border[3 * (at % 1280) + Math.floor(at / 1280)]));
    const whole = await finishImage(values, native, card, networkOf(Float32Array.from(opacity, (byte) => byte / 255)));
    expect([whole.width, whole.height]).toEqual([32, 24]);
    expect(apart(onColour(whole, WHITE).pixels, bytes)).toBeLessThanOrEqual(6);
  });

  it("wants a runtime that runs the matte", async () => {
    const drawn = finishImage(composed(alpha, DARK, WHITE), native, cardOn(WHITE, native), { enlarge: addsNothing });
    await expect(drawn).rejects.toThrow("Expected a runtime that runs the matte of a model's file");
  });
});

/** Mean brightness over (40, 40, 44) of the pixels with an opacity of at least .1 beside one below. */
function ring(image: Pixels): number {
  const { width, height, pixels } = image;
  const shown = onColour(image, [40, 40, 44]).pixels;
  const isIn = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && y < height && pixels[4 * (y * width + x) + 3] >= 25.5;
  let [sum, count] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isIn(x, y) || (isIn(x - 1, y) && isIn(x + 1, y) && isIn(x, y - 1) && isIn(x, y + 1))) continue;
      for (let c = 0; c < 3; c++) sum += shown[3 * (y * width + x) + c] / 3;
      count++;
    }
  }
  return sum / count;
}

describe("an enlarged cut-out", () => {
  const size = { width: 32, height: 32 };
  const [large, small] = [disc(size), disc({ width: 16, height: 16 })];

  it.each<[Colour]>([[[200, 40, 30]], [[10, 20, 60]], [[250, 240, 230]]])("has no halo: %j", async (colour) => {
    const at = (width: number, look: object = {}) =>
      finishImage(composed(large, colour, WHITE), { width, height: width, ...look }, cardOn(WHITE, size), networkOf(large));
    const ownRing = ring(await at(32));
    for (const width of [64, 100, 128, 512]) expect(ring(await at(width)) / ownRing, `${width}`).toBeLessThanOrEqual(1.15);
    expect(ring(await at(100, { enlarge: "pixels" })) / ownRing).toBeLessThanOrEqual(1.15);
  });

  it("has its colour wherever it shows, and by the library's enlarger nearly the edges of the disc at that size, without a shadow", async () => {
    const [colour, side] = [[10, 20, 60] as const, { width: 16, height: 16 }];
    const enlarger = await createFinisher("enlarger", plain, readFinisher("enlarger", await enlargerFile()), side);
    const network = { ...networkOf(small), enlarge: async (image: Float32Array) => enlarger.finish(image) };
    const { pixels } = await finishImage(composed(small, colour, WHITE), { width: 64, height: 64 }, cardOn(WHITE, side), network);
    const expected = disc({ width: 64, height: 64 });
    let off = 0;
    for (const [i, a] of expected.entries()) {
      off += Math.abs(pixels[4 * i + 3] / 255 - a) / expected.length;
      if (pixels[4 * i + 3] > 64) expect(apart(pixels.subarray(4 * i, 4 * i + 3), colour)).toBeLessThanOrEqual(12); // it adds little to plain colours
    }
    expect(off).toBeLessThan(0.02);
    for (const corner of [0, 63, 64 * 63, 64 * 64 - 1]) expect(pixels[4 * corner + 3]).toBe(0);
  });
});

it("colours are carried from what is opaque into what is not, and stay where it is", () => {
  const rgba = cutOut(composed(alpha, [9, 99, 199], WHITE), networkOf(alpha).matte(), WHITE);
  const colours = bled(rgba, native);
  for (let i = 0; i < alpha.length; i++) {
    if (alpha[i] === 1) for (let c = 0; c < 3; c++) expect(colours[c * alpha.length + i]).toBe(rgba[c * alpha.length + i]);
  }
  expect(apart(toPixels(colours, 3).subarray(0, 3), [9, 99, 199])).toBeLessThanOrEqual(12); // a corner, nine pixels away
});

describe("pixel art", () => {
  const [BLACK, RED, BLUE] = ["000000", "ff0000", "0000ff"] as const;
  const planes = (...colours: readonly Colour[]): Float32Array =>
    Float32Array.from({ length: 3 * colours.length }, (_, at) => unitValue(colours[at % colours.length][Math.floor(at / colours.length)]));
  const inPalette = (values: Float32Array, size: Size, palette: readonly string[], ground: Colour, keyed?: true): Float32Array =>
    asPixelArt(values, size, cardOn(ground, native, { palette: [...palette], ...(keyed && { keyed }) }));
  const texts = (values: Float32Array): string[] => {
    const pixels = toPixels(values, 3);
    return Array.from({ length: pixels.length / 3 }, (_, i) => colourText([pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]]));
  };
  /** Of a row that ends in pixels of all three colours, so that none is rare. */
  const row = (...colours: readonly Colour[]) => {
    const all: Colour[] = [...colours, [0, 0, 255], [255, 0, 0], [0, 0, 0]];
    return texts(inPalette(planes(...all), { height: 1, width: all.length }, [BLACK, RED, BLUE], WHITE)).slice(0, colours.length);
  };

  it("takes the nearest colour, and of equally near ones the first", () => {
    expect(row([30, 20, 10], [120, 0, 140], [250, 3, 4])).toEqual([BLACK, BLUE, RED]);
    expect(row([0, 0, 0], [127.5, 0, 0], [0, 0, 0])).toEqual([BLACK, BLACK, BLACK]);
  });

  it("agrees with its neighbours where its own colour is nearly as near to theirs, each for 2000 of squared distance", () => {
    // 135 is nearer to red by 135^2 - 120^2 = 3825: two black neighbours take 4000 off, one takes 2000.
    expect(row([0, 0, 0], [135, 0, 0], [0, 0, 0])).toEqual([BLACK, BLACK, BLACK]);
    expect(row([255, 0, 0], [135, 0, 0], [0, 0, 0])).toEqual([RED, RED, BLACK]);
    expect(row([0, 0, 0], [136, 0, 0], [0, 0, 0])).toEqual([BLACK, RED, BLACK]);
  });

  it("has no colour that an image would hardly miss, the rarest first", () => {
    const drawn = (...colours: readonly Colour[]) =>
      texts(inPalette(planes(...colours), { height: 1, width: colours.length }, [BLACK, RED, BLUE], WHITE));
    const [dark, red]: Colour[] = [[0, 0, 0], [160, 0, 0]]; // biome-ignore format: short
    // 160 is nearer to red by 160^2 - 95^2 = 16575: one such pixel is not worth 20000, two are.
    expect(drawn(dark, dark, red)).toEqual([BLACK, BLACK, BLACK]);
    expect(drawn(dark, dark, red, red)).toEqual([BLACK, BLACK, RED, RED]);
    expect(drawn(dark, dark, [255, 0, 0])).toEqual([BLACK, BLACK, RED]); // an eye
    expect(drawn(red)).toEqual([RED]);
  });

  it("is transparent below half of opacity, opaque above, and counts no transparent neighbour", () => {
    const rgba = Float32Array.from([...planes([0, 0, 0], [129, 0, 0], [0, 0, 0]), -0.01, 0, -1]);
    const snapped = inPalette(rgba, { height: 1, width: 3 }, [BLACK, RED], [0, 0, 0]);
    expect([...toPixels(snapped, 4)]).toEqual([0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0]);
  });

  it("counts a colour that is mixed with the ground as that colour beside a transparent pixel, and nowhere else", () => {
    // 120 is less than half of black away from black, and 60 from 180.
    const grey: Colour = [120, 120, 120];
    const rgba = Float32Array.from([...planes(grey, grey, grey, grey, grey), -1, 1, 1, 1, -1]);
    const snapped = inPalette(rgba, { height: 1, width: 5 }, [BLACK, "b4b4b4"], WHITE);
    const [clear, black, light] = [[0, 0, 0, 0], [0, 0, 0, 255], [180, 180, 180, 255]]; // biome-ignore format: short
    expect([...toPixels(snapped, 4)]).toEqual([clear, black, light, black, clear].flat());
  });

  it("on a key is clear where it is nearest to the ground, without a matte, and counts what is mixed with it as what it is mixed with", async () => {
    const [key, purple, dark]: Colour[] = [[255, 0, 255], [128, 0, 128], [0, 0, 0]]; // biome-ignore format: short
    const drawn = inPalette(planes([240, 20, 240], purple, dark, purple, purple), { height: 1, width: 5 }, [BLACK, "800080"], key, true);
    const [clear, black, light] = [[0, 0, 0, 0], [0, 0, 0, 255], [128, 0, 128, 255]]; // biome-ignore format: short
    expect([...toPixels(drawn, 4)]).toEqual([clear, black, black, light, light].flat());
  });

  it("on a key in the network's own colours is clear where it would be in the palette's", async () => {
    const key: Colour = [255, 0, 255];
    const card = cardOn(key, native, { palette: [BLACK, "800080"], keyed: true });
    const drawn = composed(alpha, [20, 90, 10], key);
    const opacity = ({ pixels }: Pixels) => pixels.filter((_, i) => i % 4 === 3).map((a) => Math.round(a / 255));
    const [exact, free] = [
      await finishImage(drawn, native, card, bare),
      await finishImage(drawn, { ...native, palette: "free" }, card, bare),
    ];
    expect(opacity(free)).toEqual(opacity(exact));
    expect(new Set(opacity(free))).toEqual(new Set([0, 1]));
    expect([...free.pixels.subarray(4 * (12 * 32 + 16), 4 * (12 * 32 + 17))]).toEqual([20, 90, 10, 255]);
  });

  it("needs no matte: opaque pixel art is indexed too", async () => {
    const { cutOut: _, ...card } = cardOn(WHITE, native, { palette: [BLACK, "ffffff"] });
    const { pixels, channels } = await finishImage(composed(alpha, [0, 0, 0], WHITE), native, card, bare);
    expect([channels, ...new Set(pixels)].sort()).toEqual([0, 255, 3]);
  });
});
