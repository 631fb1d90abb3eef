/** `npm run inpaint`, and the pictures that it takes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode, encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPng } from "../../training/read-png.ts";
import { run } from "../support/command-line.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-inpaint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, image: Parameters<typeof encode>[0] | string): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof image === "string" ? image : encode(image));
  return path;
};

describe("readPng", () => {
  const size = { width: 2, height: 1 };

  it("reads grey and colours, with or without alpha, of 8 and 16 bits, as grey or RGB", () => {
    const grey = write("grey.png", { ...size, channels: 1, data: Uint8Array.from([7, 200]) });
    expect(readPng(grey, "image", 1)).toEqual({ ...size, channels: 1, pixels: Uint8Array.from([7, 200]) });
    expect(readPng(grey, "image", 3)).toEqual({ ...size, channels: 3, pixels: Uint8Array.from([7, 7, 7, 200, 200, 200]) });
    const greyAlpha = write("grey-alpha.png", { ...size, channels: 2, data: Uint8Array.from([7, 0, 200, 255]) });
    expect([...readPng(greyAlpha, "image", 1).pixels]).toEqual([7, 200]);
    const rgba = write("rgba.png", { ...size, channels: 4, data: Uint8Array.from([255, 0, 0, 255, 9, 9, 9, 0]) });
    expect([...readPng(rgba, "image", 1).pixels]).toEqual([76, 9]);
    expect([...readPng(rgba, "image", 3).pixels]).toEqual([255, 0, 0, 9, 9, 9]);
    const deep = write("deep.png", { ...size, channels: 1, depth: 16, data: Uint16Array.from([0x0780, 0xffff]) });
    expect([...readPng(deep, "image", 1).pixels]).toEqual([7, 255]);
  });

  it("reads the black and white masks that paint programs write, one bit a pixel", () => {
    const mask = write("bits.png", {
      width: 10,
      height: 2,
      channels: 1,
      depth: 1,
      data: Uint8Array.from([0b10110000, 0b01000000, 0xff, 0xc0]),
    });
    const bits = [1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    expect([...readPng(mask, "mask", 1).pixels]).toEqual(bits.map((bit) => 255 * bit));
  });

  it("names what it could not read", () => {
    expect(() => readPng(join(folder, "none.png"), "mask", 1)).toThrow(/^Expected a PNG file for `mask` but received ".*none.png": ENOENT/);
    expect(() => readPng(write("text.png", "no picture"), "image", 1)).toThrow(
      /^Expected a PNG file for `image` but received ".*text.png": /,
    );
  });
});

describe("npm run inpaint", () => {
  const model = join(folder, "model.onnx");
  const pixels = Uint8Array.from({ length: 64 }, (_, i) => 4 * i);
  let image: string;
  let mask: string;
  const out = join(folder, "out.png");
  const inpaint = (...args: string[]) => run("inpaint", [model, "--seed", "7", "--out", out, ...args]);

  beforeAll(() => {
    writeFileSync(model, randomModelFile(TINY, 5, "int8"));
    image = write("image.png", { width: 8, height: 8, channels: 1, data: pixels });
    mask = write("mask.png", { width: 8, height: 8, channels: 1, data: pixels.map((_, i) => (i < 32 ? 0 : 255)) });
  });

  it("paints what the mask leaves open and tells how", async () => {
    const { code, stdout, stderr } = await inpaint("--image", image, "--mask", mask, "--class", "2", "--steps", "4");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^wrote .*out.png: seed 7, Class 2, 8x8, langevin, 4 noise levels, 4 evaluations\n$/);
    const painted = decode(readFileSync(out)).data;
    expect([...painted.subarray(0, 32)]).toEqual([...pixels.subarray(0, 32)]);
    expect([...painted.subarray(32)]).not.toEqual([...pixels.subarray(32)]);
  });

  it.each([
    ["no mask", () => ["--image", image], /^Expected <file.png> for `mask` but received nothing\n$/],
    [
      "a missing image",
      () => ["--image", "none.png", "--mask", mask],
      /^Expected a PNG file for `image` but received "none.png": ENOENT.*\n$/,
    ],
    [
      "a mask of another size",
      () => ["--image", image, "--mask", write("small.png", { width: 4, height: 8, channels: 1, data: new Uint8Array(32) })],
      /^Expected 8 x 8 pixels with 1 channel for `mask` but received 4 x 8 pixels with 1 channel\n$/,
    ],
    [
      "an option out of its domain",
      () => ["--image", image, "--mask", mask, "--temperature", "3"],
      /^Expected a number from 0 to 2 for `temperature` but received 3\n$/,
    ],
  ])("answers %s with one clear line and exit code 2", async (_, args, message) => {
    const { code, stderr } = await inpaint(...args());
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
