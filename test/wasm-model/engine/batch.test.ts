/** An image does not depend on its batch: the same PNG file alone and among others, from either build. */
import { expect, it } from "vitest";
import { draw } from "../../../training/network/draw.ts";
import { createEngine } from "../../../wasm-model/engine/engine.ts";
import { sample } from "../../../wasm-model/index.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { toPixels } from "../../../wasm-model/render/image/pixels.ts";
import { encodePng } from "../../../wasm-model/render/image/png.ts";
import { shippedModel } from "../../golden/golden.ts";
import { addsNothing } from "../../support/random-model.ts";
import { VARIANTS } from "./modules.ts";

const IMAGES = 16;

it.each(VARIANTS)("gives the PNG files of single images in batches of every size: $name, $convolution", async ({ module, convolution }) => {
  const model = readModel(shippedModel());
  const { card } = model;
  const { channels, width, height, classes } = card.spec;
  const engine = Object.assign(await createEngine(module, model, convolution), { enlarge: addsNothing });
  const alone: Uint8Array[] = [];
  for (let k = 0; k < IMAGES; k++)
    alone.push(encodePng(await sample({ card, version: "", denoiser: engine }, { seed: `batch/${k}`, class: k % classes })));
  for (const images of [1, 2, 3, 7, IMAGES]) {
    const labels = Array.from({ length: images }, (_, k) => k % classes);
    const values = await draw(card, (x, sigma, oneHot) => engine.denoise(x, sigma, oneHot), {
      classes: labels,
      seed: "batch",
    });
    const size = channels * height * width;
    for (const k of labels.keys()) {
      const pixels = toPixels(values.subarray(k * size, (k + 1) * size), channels);
      expect(encodePng({ pixels, width, height, channels }), `image ${k} of ${images}`).toEqual(alone[k]);
    }
  }
});
