import { describe, expect, it } from "vitest";
import { headIn } from "../../../wasm-model/model/onnx/reader.ts";
import { colourize, noisyImage, rounded, toImage } from "../../../wasm-model/render/appearance.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

const card = headIn(randomModelFile(TINY, 1, "fp32")).card;
const { channels, height, width } = card.spec;
const appearance = { width, height };
const wave = (rate: number) => Float32Array.from({ length: channels * height * width }, (_, i) => Math.sin(rate * i));

it("shows a noisy image at the contrast of the data", () => {
  const sigmaData = card.spec.sigmaData;
  const [denoised, noise] = [wave(0.1), wave(0.7)];
  for (const sigma of [0.1, 1, 20]) {
    const x = denoised.map((value, i) => value + sigma * noise[i]);
    const scale = sigmaData / Math.hypot(sigma, sigmaData);
    expect(noisyImage({ x, sigma }, appearance, card)).toEqual(
      toImage(
        x.map((value) => scale * value),
        appearance,
        card,
      ),
    );
  }
});

it("rounds the corners of what it shows, in its colours and at its size", () => {
  const shape = { width: 2 * width, height: 2 * height };
  expect(toImage(wave(0.37), { ...shape, radius: 30 }, card)).toEqual(rounded(toImage(wave(0.37), shape, card), 30));
  const grey = { ...card, spec: { ...card.spec, channels: 1 as const } };
  const colours = { background: "transparent", foreground: [9, 8, 7] } as const;
  const values = wave(0.37).subarray(0, height * width);
  expect(toImage(values, { ...shape, colours, radius: 30 }, grey)).toEqual(rounded(toImage(values, { ...shape, colours }, grey), 30));
});

const white = (width: number, height: number): Pixels => ({
  pixels: new Uint8Array(width * height).fill(255),
  width,
  height,
  channels: 1,
});

const alphas = ({ pixels }: Pixels): number[] => [...pixels].filter((_, i) => i % 4 === 3);
const alphaAt = (image: Pixels, x: number, y: number): number => image.pixels[4 * (y * image.width + x) + 3];

it.each([1, 3, 4])("keeps the colours of %s channels", (channels) => {
  const pixels = Uint8Array.from({ length: 9 * channels }, (_, i) => 7 * i);
  const round = rounded({ pixels, width: 3, height: 3, channels }, 50);
  expect(round).toMatchObject({ width: 3, height: 3, channels: 4 });
  for (let i = 0; i < 9; i++) {
    const [red, green, blue] = channels === 1 ? [7 * i, 7 * i, 7 * i] : [0, 1, 2].map((c) => 7 * (i * channels + c));
    expect([...round.pixels.subarray(4 * i, 4 * i + 3)]).toEqual([red, green, blue]);
  }
  expect(alphaAt(round, 1, 1)).toBe(channels === 4 ? pixels[4 * 4 + 3] : 255);
});

it.each([
  [28, 28, 50],
  [100, 100, 30],
  [31, 45, 20],
  [45, 31, 50],
])("covers the area of %s x %s pixels whose corners are rounded by %s per cent, alike on all sides", (width, height, percent) => {
  const round = rounded(white(width, height), percent);
  const r = (Math.min(width, height) * percent) / 100;
  const area = alphas(round).reduce((sum, alpha) => sum + alpha / 255, 0);
  expect(Math.abs(area - (width * height - (4 - Math.PI) * r * r))).toBeLessThan(0.15 * r);
  expect(alphaAt(round, 0, 0)).toBe(0);
  for (const [x, y] of [
    [Math.ceil(r), 0],
    [0, Math.ceil(r)],
    [Math.ceil(r), Math.ceil(r)],
  ])
    if (x < width - r && y < height - r) expect(alphaAt(round, x, y)).toBe(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const mirrored = [alphaAt(round, width - 1 - x, y), alphaAt(round, x, height - 1 - y)];
      expect(mirrored).toEqual([alphaAt(round, x, y), alphaAt(round, x, y)]);
    }
  }
});

describe("colourize", () => {
  const grey = { pixels: Uint8Array.from({ length: 256 }, (_, i) => i), width: 16, height: 16, channels: 1 };

  it("maps black and white exactly and keeps greys in black and white", () => {
    const { pixels, channels } = colourize(grey, { background: [0, 0, 0], foreground: [255, 255, 255] });
    expect(channels).toBe(3);
    expect([...pixels]).toEqual([...grey.pixels].flatMap((value) => [value, value, value]));
    const coloured = colourize(grey, { background: [12, 200, 255], foreground: [250, 3, 0] }).pixels;
    expect([...coloured.subarray(0, 3), ...coloured.subarray(-3)]).toEqual([12, 200, 255, 250, 3, 0]);
  });

  it("on a transparent background gives, composited over any other, what that other background gives", () => {
    const foreground = [250, 3, 99] as const;
    const { pixels, channels } = colourize(grey, { background: "transparent", foreground });
    expect(channels).toBe(4);
    for (const background of [
      [0, 0, 0],
      [255, 255, 255],
      [12, 200, 77],
    ] as const) {
      const over = Array.from({ length: 3 * 256 }, (_, i) => {
        const [colour, alpha] = [pixels[4 * Math.floor(i / 3) + (i % 3)], pixels[4 * Math.floor(i / 3) + 3] / 255];
        return Math.round(background[i % 3] + (colour - background[i % 3]) * alpha);
      });
      expect(over).toEqual([...colourize(grey, { background, foreground }).pixels]);
    }
  });
});
