import { expect, it } from "vitest";
import { toPixels, unitValue } from "../../../wasm-model/render/image/pixels.ts";
import { asPixelArt, paletteDenoiser } from "../../../wasm-model/render/palette.ts";
import { seedState, uniforms } from "../../../wasm-model/sampling/random.ts";
import { cutOut, DEEP, randomModel } from "../../support/random-model.ts";

const { card } = cutOut(randomModel(DEEP["32x32, three levels"], 1, "int8"), 2);
const { height, width } = card.spec;
/** What a network expects: two images, all blends. */
const expected = Float32Array.from({ length: 2 * 3 * height * width }, (_, i) => Math.sin(i));

const coloursOf = async (sigma: number, appearance: { readonly palette?: "free" }): Promise<Set<string>> => {
  const denoised = await paletteDenoiser(() => expected.slice(), appearance, card)(expected, sigma, new Float32Array());
  const images = [0, 1].map((b) => toPixels(denoised.subarray((b * denoised.length) / 2, ((b + 1) * denoised.length) / 2), 3));
  return new Set(images.flatMap((pixels) => Buffer.from(pixels).toString("hex").match(/.{6}/g) ?? []));
};

it("the image that is expected of pixel art has the palette's colours and the ground's, where noise is low", async () => {
  const allowed = [...card.palette!, card.training.pictures!.background];
  for (const sigma of [1, 0.08]) for (const colour of await coloursOf(sigma, {})) expect(allowed).toContain(colour);
  for (const found of [await coloursOf(1.1, {}), await coloursOf(0.08, { palette: "free" })]) expect(found.size).toBeGreaterThan(100);
});

const bytes = seedState("colours");
let draws = 0;
/** Numbers from 0 to 255 in steps that make equally near colours likely. */
function randomBytes(count: number, step: number): number[] {
  const random = new Float64Array(count);
  uniforms(bytes, draws++, random);
  return Array.from(random, (value) => Math.min(255, step * Math.floor((value * 256) / step)));
}

it("a pixel has the first of the palette's nearest colours, beside a clear one of their mixtures with the ground", () => {
  const ground = [255, 255, 255];
  const near = (pixel: number[], colour: number[], leastShare: number): number => {
    const line = colour.map((value, c) => value - ground[c]);
    const along = pixel.reduce((sum, value, c) => sum + (value - ground[c]) * line[c], 0) / Math.max(1, line.reduce((sum, x) => sum + x * x, 0)); // biome-ignore format: one thought
    const share = Math.min(1, Math.max(leastShare, along));
    return Math.floor(pixel.reduce((sum, value, c) => sum + (value - ground[c] - share * line[c]) ** 2, 0));
  };
  for (const [colours, step] of [
    [2, 1],
    [5, 16],
    [64, 8],
    [64, 1],
  ] as const) {
    // biome-ignore format: a table
    const palette = Array.from({ length: colours }, () => Buffer.from(randomBytes(3, step)).toString("hex"));
    const art = { ...card, palette, training: { ...card.training, pictures: { crop: "center", background: "ffffff" } } };
    for (let k = 0; k < 500; k++) {
      const pixel = randomBytes(3, step);
      const nearest = (leastShare: number): string => {
        const distances = palette.map((colour) => near(pixel, [...Buffer.from(colour, "hex")], leastShare));
        return palette[distances.indexOf(Math.min(...distances))];
      };
      const alone = asPixelArt(Float32Array.from(pixel, unitValue), { width: 1, height: 1 }, art);
      expect(Buffer.from(toPixels(alone, 3)).toString("hex")).toBe(nearest(1));
      const [r, g, b] = pixel.map(unitValue);
      const besideClear = asPixelArt(Float32Array.of(r, 0, g, 0, b, 0, 1, -1), { width: 2, height: 1 }, art);
      expect(Buffer.from(toPixels(besideClear, 4)).toString("hex", 0, 3)).toBe(nearest(0.5));
    }
  }
});
