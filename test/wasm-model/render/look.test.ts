import { expect, it } from "vitest";
import { cardIn } from "../../../wasm-model/index.ts";
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
