/**
 * The public API: load a model, sample an image, vary one, inpaint one, denoise one. The only path from options to bytes, for the Worker, the widget and the
 * command line alike.
 *
 *   const model = await loadModel(bytes, { runtime });
 *   const image = await sample(model, { seed: "7", class: "Sneaker" });
 *   image.png(); // the very bytes that GET /sample?seed=7&class=Sneaker serves
 */
import type { Inputs } from "./render/generate.ts";
import type { Picture, Pixels } from "./render/image/png.ts";
import { type RenderRun, render, renderDenoised, type Sample } from "./render/render.ts";
import { type ResolvedRequest, resolveDenoiseFor, resolveFor } from "./request/drawer.ts";
import type { OptionsOf } from "./request/options.ts";
import { loadedDrawer, type Model } from "./runtime/load.ts";

/** What a call without options asks for, in JavaScript: `resolve` says what is missing. */
const NOTHING = {} as SampleRun & VariationRun & InpaintRun & DenoiseRun;

export type SampleRun = OptionsOf<"sample"> & RenderRun;

/** Draws an image or a grid of them. Throws `OptionError` before any work for options out of their domain, the signal's reason when aborted. */
export async function sample(model: Model, { signal, onStep, ...options }: SampleRun = NOTHING): Promise<Sample> {
  return draw(model, resolveFor("sample", options, model), { signal, onStep });
}

/** `image`: a picture of the model's native size. */
export type VariationRun = OptionsOf<"vary"> & RenderRun & { readonly image: Pixels };

/** Draws what is like a picture, by taking the noise out of it that is put over it; else as `sample`. Without `class` the network is told none. */
export async function vary(model: Model, { signal, onStep, image, ...options }: VariationRun = NOTHING): Promise<Sample> {
  return draw(model, resolveFor("vary", options, model), { signal, onStep, image });
}

/**
 * `image`: a picture of the model's native size. `mask`: one channel of that size; what is white (128 to 255) is painted, what is black is kept to the byte.
 */
export type InpaintRun = OptionsOf<"inpaint"> & RenderRun & { readonly image: Pixels; readonly mask: Pixels };

/** Paints what the mask leaves open of an image, to go with the rest; else as `sample`. Without `class` the network is told none. */
export async function inpaint(model: Model, { signal, onStep, image, mask, ...options }: InpaintRun = NOTHING): Promise<Sample> {
  return draw(model, resolveFor("inpaint", options, model), { signal, onStep, image, mask });
}

async function draw(model: Model, { settings, ...drawer }: ResolvedRequest, run: Inputs & RenderRun): Promise<Sample> {
  return render(await loadedDrawer(model, drawer), settings, run);
}

/** `image`: a noisy picture of the model's native size. */
export type DenoiseRun = OptionsOf<"denoise"> & { readonly image: Pixels };

/** Takes the noise out of a picture in one network evaluation. Without `class` the network is told none. Throws `OptionError` before any work. */
export async function denoise(model: Model, { image, ...options }: DenoiseRun = NOTHING): Promise<Picture> {
  const { settings, ...drawer } = resolveDenoiseFor(options, model);
  return renderDenoised(await loadedDrawer(model, drawer), settings, image);
}

export type { ModelCard, TrainingRecord } from "./model/card.ts";
export { ModelError } from "./model/model-error.ts";
export { cardIn } from "./model/onnx/reader.ts";
export { modelVersion } from "./model/version.ts";
export type { NetworkSpec } from "./network/spec.ts";
export type { Picture, Pixels } from "./render/image/png.ts";
export { encodeSvg, type SvgText } from "./render/image/svg.ts";
export { recipeIn } from "./render/image/text.ts";
export { decodeUpload, type UploadShape } from "./render/image/upload.ts";
export { apng, type Progress, type RenderRun, type Sample } from "./render/render.ts";
export type { Colour, Colours } from "./request/colours.ts";
export type { DrawnBy } from "./request/drawer.ts";
export { OPTIONS, type Option } from "./request/option-docs.ts";
export { OptionError, type OptionErrorCode } from "./request/option-error.ts";
export {
  type Domain,
  defaultOf,
  expected,
  OPTION_NAMES,
  type Operation,
  type OptionName,
  type OptionsOf,
  optionsOf,
  type SampleOptions,
} from "./request/options.ts";
export { canonicalOptions, parseRecipe, type Recipe } from "./request/recipe.ts";
export { type DrawingOperation, expectedOf, resolve, type Settings } from "./request/resolve.ts";
export type { Denoiser, Runtime } from "./runtime/denoiser.ts";
export { type LoadOptions, loadModel, type Model, type ModelSource, type Teacher } from "./runtime/load.ts";
export { SAMPLERS, type SamplerName } from "./sampling/names.ts";
export type { SamplingSettings } from "./sampling/settings.ts";
