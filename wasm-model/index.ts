/**
 * The public API: load a model, draw an image, vary one, inpaint one. The only path from options to
 * bytes, for the Worker, the widget and the command line alike.
 *
 *   const model = await loadModel(bytes, { runtime });
 *   const image = await sample(model, { seed: "7", class: "robot" });
 *   image.png(); // the very bytes that GET /sample?seed=7&class=robot serves
 */
import type { Model } from "./model/model.ts";
import type { Pixels } from "./render/image/png.ts";
import { type RenderRun, render, type Sample } from "./render/render.ts";
import type { OptionsOf } from "./request/options.ts";
import { resolve } from "./request/resolve.ts";

/** For JavaScript calls without options: `resolve` then reports what is missing. */
const NOTHING = {} as SampleRun & VariationRun & InpaintRun;

export type SampleRun = OptionsOf<"sample"> & RenderRun;

/** Draws an image or a grid. Throws `OptionError` for invalid options before any work, the signal's reason when aborted. */
export async function sample(model: Model, { signal, onStep, ...options }: SampleRun = NOTHING): Promise<Sample> {
  return render(model, resolve("sample", options, model.card), { signal, onStep });
}

/** `image`: an image of the model's native size. */
export type VariationRun = OptionsOf<"vary"> & RenderRun & { readonly image: Pixels };

/** Draws variations: adds noise to an image, then removes the noise. Otherwise like `sample`, but unconditional without `class`. */
export async function vary(model: Model, { signal, onStep, image, ...options }: VariationRun = NOTHING): Promise<Sample> {
  return render(model, resolve("vary", options, model.card), { signal, onStep, image });
}

/** `image`: of native size. `mask`: one channel of that size; white (128 to 255) is repainted, black keeps its exact bytes. */
export type InpaintRun = OptionsOf<"inpaint"> & RenderRun & { readonly image: Pixels; readonly mask: Pixels };

/** Repaints the white part of the mask so that it fits the rest. Otherwise like `sample`, but unconditional without `class`. */
export async function inpaint(model: Model, { signal, onStep, image, mask, ...options }: InpaintRun = NOTHING): Promise<Sample> {
  return render(model, resolve("inpaint", options, model.card), { signal, onStep, image, mask });
}

export { type LoadOptions, loadModel, type ModelSource, type Runtime } from "./engine/load.ts";
export type { ModelCard, TrainingRecord } from "./model/card.ts";
export { ModelError } from "./model/card.ts";
export type { Denoiser, Model } from "./model/model.ts";
export type { ModelFile } from "./model/onnx/reader.ts";
export type { QuantizedConv, Quantizer, Weights } from "./network/quantization.ts";
export type { NetworkSpec } from "./network/spec.ts";
export { recipeIn } from "./render/image/chunks.ts";
export type { OwnPixels, Pixels } from "./render/image/png.ts";
export { apng, type Progress, type RenderRun, type Sample } from "./render/render.ts";
export { OptionError, type OptionErrorCode } from "./request/option-error.ts";
export type { OptionsOf, SampleOptions } from "./request/options.ts";
export { noiseOf } from "./sampling/random.ts";
export type { SamplerName } from "./sampling/sampler.ts";
export type { SamplingSettings } from "./sampling/settings.ts";
