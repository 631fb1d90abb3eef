import { expect, it } from "vitest";
import { cardIn } from "../../../wasm-model/index.ts";
import { rounded } from "../../../wasm-model/render/image/corners.ts";
import { noiseImage, noisyImage, toImage } from "../../../wasm-model/render/look.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

const card = cardIn(randomModelFile(TINY, 1, "fp32"));
const { channels, height, width } = card.spec;
const look = { width, height };
const wave = (rate: number) => Float32Array.from({ length: channels * height * width }, (_, i) => Math.sin(rate * i));

it("shows a noisy image and the noise in it at the contrast of the data", () => {
  const sigmaData = card.spec.sigmaData;
  const [denoised, noise] = [wave(0.1), wave(0.7)];
  for (const sigma of [0.1, 1, 20]) {
    const x = denoised.map((value, i) => value + sigma * noise[i]);
    const scale = sigmaData / Math.hypot(sigma, sigmaData);
    expect(noisyImage({ x, sigma }, look, card)).toEqual(
      toImage(
        x.map((value) => scale * value),
        look,
        card,
      ),
    );
    const shown = noiseImage({ x, sigma, denoised }, look, card).pixels;
    const right = toImage(
      noise.map((value) => sigmaData * value),
      look,
      card,
    ).pixels;
    expect(Math.max(...shown.map((value, i) => Math.abs(value - right[i])))).toBeLessThanOrEqual(1); // x is rounded to single precision
    expect(new Set(shown).size).toBeGreaterThan(10);
  }
});

it.each([1, 2, 1.5])("mirrors exactly what it would otherwise show, at %s times the native size, and leaves the values alone", (scale) => {
  const values = wave(0.37);
  const given = values.slice();
  const shape = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const shown = toImage(values, shape, card);
  const at = (image: typeof shown, x: number, y: number) => [
    ...image.pixels.subarray((y * shape.width + x) * channels).subarray(0, channels),
  ];
  for (const flip of ["horizontal", "vertical", "both"] as const) {
    const mirrored = toImage(values, { ...shape, flip }, card);
    for (let y = 0; y < shape.height; y++) {
      for (let x = 0; x < shape.width; x++) {
        const [fromX, fromY] = [flip === "vertical" ? x : shape.width - 1 - x, flip === "horizontal" ? y : shape.height - 1 - y];
        expect(at(mirrored, x, y)).toEqual(at(shown, fromX, fromY));
      }
    }
  }
  expect(values).toEqual(given);
});

it("rounds the corners of what it shows, in its colours and at its size", () => {
  const shape = { width: 2 * width, height: 2 * height };
  for (const look of [shape, { ...shape, flip: "both" as const }]) {
    const shown = toImage(wave(0.37), look, card);
    expect(toImage(wave(0.37), { ...look, radius: 30 }, card)).toEqual(rounded(shown, 30));
  }
  const grey = { ...card, spec: { ...card.spec, channels: 1 as const } };
  const colours = { background: "transparent", foreground: [9, 8, 7] } as const;
  const values = wave(0.37).subarray(0, height * width);
  expect(toImage(values, { ...shape, colours, radius: 30 }, grey)).toEqual(rounded(toImage(values, { ...shape, colours }, grey), 30));
});
