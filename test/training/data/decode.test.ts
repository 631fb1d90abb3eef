/** Images of every kind that is read, to pixels. */
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { onGround } from "../../../training/data/cut-outs.ts";
import { imageDecoder } from "../../../training/data/decode.ts";
import type { CropWay } from "../../../training/data/sizes.ts";
import { BLUE, distance, GREY, halves, pixel, RED, type Rgb } from "./made-up.ts";

const decodeFile = await imageDecoder();

const SETTINGS = { width: 24, height: 16, crop: "cover" as CropWay, background: "ffffff" };

async function decode(bytes: Uint8Array, { background, ...size }: typeof SETTINGS) {
  const image = await decodeFile(bytes, size);
  return { ...image, pixels: onGround(image.rgba, background) };
}
type DecodedImage = Awaited<ReturnType<typeof decode>>;

const WHITE: Rgb = [255, 255, 255];

/** Colours in the middle of the left and of the right half. */
function sides({ pixels }: DecodedImage, { width, height } = SETTINGS): [number[], number[]] {
  const y = height / 2;
  return [pixel(pixels, width, width / 4, y), pixel(pixels, width, (3 * width) / 4, y)];
}

function expectSides(image: DecodedImage, left: Rgb, right: Rgb, tolerance: number): void {
  const [l, r] = sides(image);
  expect(distance(l, left), `left ${l}`).toBeLessThanOrEqual(tolerance);
  expect(distance(r, right), `right ${r}`).toBeLessThanOrEqual(tolerance);
}

describe("an image", () => {
  const drawn = () => halves(48, 32, RED, BLUE);
  it.each<[form: string, () => Promise<Buffer>, tolerance: number, left?: Rgb, right?: Rgb]>([
    ["PNG", () => drawn().png().toBuffer(), 0],
    ["PNG of 16 bits", () => drawn().toColourspace("rgb16").png().toBuffer(), 1],
    ["JPEG", () => drawn().jpeg({ quality: 95 }).toBuffer(), 4],
    ["lossless WebP", () => drawn().webp({ lossless: true }).toBuffer(), 0],
    ["GIF", () => drawn().gif().toBuffer(), 2],
    ["AVIF", () => drawn().avif({ quality: 90 }).toBuffer(), 6],
    ["PNG with the colour profile Display P3", () => drawn().withIccProfile("p3").png().toBuffer(), 2],
    ["grey PNG", () => halves(48, 32, GREY).toColourspace("b-w").png().toBuffer(), 1, GREY, GREY],
    ["grey JPEG", () => halves(48, 32, GREY).toColourspace("b-w").jpeg().toBuffer(), 1, GREY, GREY],
  ])("in the form of a %s", async (_, encode, tolerance, left = RED, right = BLUE) => {
    const image = await decode(await encode(), SETTINGS);
    expect(image).toMatchObject({ width: 48, height: 32, isTransparent: false });
    expect(image.pixels).toHaveLength(24 * 16 * 3);
    expectSides(image, left, right, tolerance);
  });

  it.each([
    ["with a profile", true],
    ["without a profile", false],
  ])("in the form of a CMYK JPEG %s, in colours that inks can make", async (_, hasProfile) => {
    const [left, right] = [
      [176, 84, 74],
      [80, 104, 140],
    ] as const;
    const cmyk = hasProfile ? halves(48, 32, left, right).withIccProfile("cmyk") : halves(48, 32, left, right).toColourspace("cmyk");
    const jpeg = await cmyk.jpeg({ quality: 95 }).toBuffer();
    expect(await sharp(jpeg).metadata()).toMatchObject({ space: "cmyk", channels: 4, hasProfile });
    expectSides(await decode(jpeg, SETTINGS), left, right, 30);
  });

  it("is rotated as its EXIF data says, with every crop", async () => {
    // Stored 32 x 48 with red below blue; orientation 8 asks for a turn to the left, after which red is on the right.
    const upright = await halves(48, 32, BLUE, RED).png().toBuffer();
    const stored = await sharp(upright).rotate(90).withMetadata({ orientation: 8 }).jpeg({ quality: 95 }).toBuffer();
    expect(await sharp(stored).metadata()).toMatchObject({ width: 32, height: 48, orientation: 8 });
    for (const crop of ["cover", "contain", "center"] satisfies CropWay[]) {
      const image = await decode(stored, { ...SETTINGS, crop });
      expect(image, crop).toMatchObject({ width: 48, height: 32 });
      expectSides(image, BLUE, RED, 8);
    }
  });

  it("that is transparent is composited over the background", async () => {
    const clear = await sharp({ create: { width: 24, height: 16, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0 } } })
      .png()
      .toBuffer();
    expectSides(await decode(clear, SETTINGS), WHITE, WHITE, 0);
    expectSides(await decode(clear, { ...SETTINGS, background: "1e3cc8" }), BLUE, BLUE, 0);
    const half = await sharp({ create: { width: 24, height: 16, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } } })
      .png()
      .toBuffer();
    expectSides(await decode(half, SETTINGS), [127, 127, 127], [127, 127, 127], 1);
    expect((await decode(half, SETTINGS)).rgba[3]).toBe(128);
  });

  it("keeps its colours beside transparency, whatever colours are hidden there", async () => {
    // Red, and beside it clear pixels whose hidden colour is green.
    const pixels = Uint8Array.from(
      { length: 4 * 96 * 64 },
      (_, i) => (Math.floor(i / 4) % 96 < 45 ? [255, 0, 0, 255] : [0, 255, 0, 0])[i % 4],
    );
    const png = await sharp(pixels, { raw: { width: 96, height: 64, channels: 4 } })
      .png()
      .toBuffer();
    const { rgba, isTransparent } = await decode(png, SETTINGS);
    expect(isTransparent).toBe(true);
    const edge = rgba.subarray(4 * 11, 4 * 12);
    expect(edge[3]).toBeGreaterThan(20);
    expect(edge[3]).toBeLessThan(235);
    expect(edge[1]).toBeLessThanOrEqual(2);
    // On white no pixel is darker than its opacity allows.
    const white = onGround(rgba, "ffffff");
    for (let i = 0; i < white.length; i++) expect(white[i]).toBeGreaterThanOrEqual(255 - rgba[4 * Math.floor(i / 3) + 3]);
  });
});

describe("--crop", () => {
  /** 96 x 32: three times as wide as high. */
  const wide = () => halves(96, 32, RED, BLUE).png().toBuffer();

  it("cover fills the image and cuts off the sides", async () => {
    const image = await decode(await wide(), SETTINGS);
    for (const [x, colour] of [
      [0, RED],
      [23, BLUE],
    ] as const) {
      for (const y of [0, 15]) expect(pixel(image.pixels, 24, x, y)).toEqual(colour);
    }
  });

  it("contain shows the whole image and pads it with the background, which is no transparency of its own", async () => {
    const image = await decode(await wide(), { ...SETTINGS, crop: "contain", background: "00ff00" });
    for (const y of [0, 15]) expect(pixel(image.pixels, 24, 12, y)).toEqual([0, 255, 0]);
    expect(image.isTransparent).toBe(false);
    expectSides(image, RED, BLUE, 0);
  });

  it("center cuts the middle without scaling, and pads what is smaller", async () => {
    const striped = sharp(
      Uint8Array.from({ length: 3 * 41 * 30 }, (_, i) => Math.floor(i / 3) % 41),
      { raw: { width: 41, height: 30, channels: 3 } },
    );
    const cut = await decode(await striped.png().toBuffer(), { ...SETTINGS, crop: "center" });
    expect(Array.from({ length: 24 }, (_, x) => pixel(cut.pixels, 24, x, 3)[0])).toEqual(Array.from({ length: 24 }, (_, x) => x + 8));
    const small = await decode(await halves(10, 6, RED).png().toBuffer(), { ...SETTINGS, crop: "center" });
    const isRed = (x: number, y: number): boolean => distance(pixel(small.pixels, 24, x, y), RED) === 0;
    expect([isRed(7, 5), isRed(16, 10)]).toEqual([true, true]);
    for (const [x, y] of [
      [6, 5],
      [17, 5],
      [7, 4],
      [7, 11],
    ]) {
      expect(pixel(small.pixels, 24, x, y)).toEqual(WHITE);
    }
  });
});

describe("a file that is not an image is described in a few words", () => {
  const png = () => halves(24, 16, RED, BLUE).png().toBuffer();

  /** A PNG that claims to be 20 000 pixels wide and high. */
  async function hugePng(): Promise<Buffer> {
    const bytes = await png();
    bytes.writeUInt32BE(20_000, 16);
    bytes.writeUInt32BE(20_000, 20);
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    return bytes;
  }

  const noisy = () =>
    sharp({ create: { width: 64, height: 64, channels: 3, background: "#000", noise: { type: "gaussian", mean: 128, sigma: 40 } } });

  it.each<[string, () => Promise<Buffer>, string]>([
    ["text", async () => Buffer.from("not an image at all"), "in another format"],
    [
      "a JPEG that was cut off",
      async () => (await noisy().jpeg().toBuffer()).subarray(0, 1500),
      "damaged: VipsJpeg: premature end of JPEG image",
    ],
    [
      "HEIC",
      async () => Buffer.concat([Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Buffer.alloc(100)]),
      expect.stringMatching(/^damaged: heif: Invalid input: /),
    ],
    ["SVG", async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), "in another format"],
    ["a decompression bomb", hugePng, "larger than 100 megapixels"],
  ])("%s", async (_, encode, reason) => {
    await expect(decode(await encode(), SETTINGS)).rejects.toMatchObject({ name: "UnusableFile", message: reason });
  });
});
