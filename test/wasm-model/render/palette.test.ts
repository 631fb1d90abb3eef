import { expect, it } from "vitest";
import { toPixels } from "../../../wasm-model/render/image/pixels.ts";
import { paletteDenoiser } from "../../../wasm-model/render/palette.ts";
import { cutOut } from "../../support/random-finisher.ts";
import { DEEP, randomModel } from "../../support/random-model.ts";

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
