/**
 * Released hashes: SHA-256 of the PNG files of a model's first seeds, for each sampler. They test that a seed gives the
 * same bytes on every machine. Runs in any JavaScript runtime.
 */

import type { Model } from "../../wasm-model/index.ts";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { generate } from "../../wasm-model/render/generate.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { toImage } from "../../wasm-model/render/look.ts";
import { recipeText } from "../../wasm-model/request/recipe.ts";
import { imagesOf, resolve } from "../../wasm-model/request/resolve.ts";
import { SAMPLERS, type SamplerName } from "../../wasm-model/sampling/settings.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";

/** A model's released hashes: `sha256.json` beside its `model.onnx`. */
export interface Released {
  /** SHA-256 of the model's file. */
  readonly model: string;
  readonly renderVersion: number;
  /** For each sampler, the hashes of the images with seeds 0, 1, 2, ... */
  readonly images: Readonly<Record<SamplerName, readonly string[]>>;
}

/** Number of released images: of the model's default sampler, and of each other one. */
const COUNTS = { default: 1000, other: 50 };

/** Hashes of the images with the seeds `from` to `to` - 1 and default settings, drawn `batch` at a time. */
export async function hashesOf(
  model: Model,
  sampler: SamplerName,
  { from = 0, to, batch }: { from?: number; to: number; batch: number },
): Promise<string[]> {
  const { card, version } = model;
  const hashes: string[] = [];
  for (let at = from; at < to; at += batch) {
    const all = Array.from({ length: Math.min(batch, to - at) }, (_, i) => resolve("sample", { seed: String(at + i), sampler }, card));
    const images = all.flatMap((settings) => imagesOf(settings, card));
    const values = await generate(model, all[0], images);
    const size = values.length / all.length;
    for (const [b, settings] of all.entries()) {
      const image = toImage(values.subarray(b * size, (b + 1) * size), settings, card);
      hashes.push(sha256Hex(encodePng(image, recipeText(settings, card, version))));
    }
  }
  return hashes;
}

const countOf = (sampler: SamplerName, card: ModelCard): number => (sampler === card.sampling.sampler ? COUNTS.default : COUNTS.other);

/** The hashes to release for a model. `file`: the file that it was loaded from. */
export async function release(file: Uint8Array, model: Model): Promise<Released> {
  const images: Partial<Record<SamplerName, string[]>> = {};
  for (const sampler of SAMPLERS) images[sampler] = await hashesOf(model, sampler, { to: countOf(sampler, model.card), batch: 1 });
  return { model: sha256Hex(file), renderVersion: RENDER_VERSION, images: images as Released["images"] };
}

export interface HashComparison {
  readonly images: number;
  /** `sampler seed` of each image with different bytes. */
  readonly different: readonly string[];
}

/** Draws the released images, or the first `most` of each sampler, and compares their hashes. */
export async function compareWith(released: Released, model: Model, batch: number, most = Infinity): Promise<HashComparison> {
  let images = 0;
  const different: string[] = [];
  for (const sampler of SAMPLERS) {
    const expected = released.images[sampler].slice(0, most);
    const drawn = await hashesOf(model, sampler, { to: expected.length, batch });
    images += drawn.length;
    different.push(...drawn.flatMap((hash, seed) => (hash === expected[seed] ? [] : [`${sampler} ${seed}`])));
  }
  return { images, different };
}
