/**
 * The public API: load a model, sample an image, inpaint one. The only path from options to bytes, for the Worker, the widget and the command line alike.
 *
 *   const model = await loadModel(bytes, { runtime });
 *   const image = await sample(model, { seed: "7", class: "Sneaker" });
 *   image.png(); // the very bytes that GET /sample?seed=7&class=Sneaker serves
 */
import type { ModelCard, SamplerName } from "./card.ts";
import { guided, guidedEvaluations } from "./guidance.ts";
import { toPixels } from "./image/pixels.ts";
import { encodePng, type Pixels } from "./image/png.ts";
import { resize } from "./image/resize.ts";
import { observationOf } from "./observation.ts";
import { decodeModel } from "./onnx/file.ts";
import { readCard } from "./onnx/read-card.ts";
import { CARD_KEY } from "./onnx/writer.ts";
import { resolve, type SampleOptions } from "./options.ts";
import { gaussians, seedState } from "./random.ts";
import type { Denoiser, Runtime } from "./runtime/denoiser.ts";
import { type Batch, createSampler, type RunOptions, runSampler, type Sampler, type Step } from "./sampler/index.ts";
import { inpainted } from "./sampler/inpaint.ts";
import { tempered } from "./sampler/temperature.ts";

export interface Model {
  readonly card: ModelCard;
  readonly denoiser: Denoiser;
}

/** The bytes of a `model.onnx`, or the URL to fetch them from. */
export type ModelSource = Uint8Array | ArrayBuffer | string | { readonly href: string };

/**
 * The runtime is an object that the caller imports, so that no bundle carries one that it does not use. Throws `ModelError` for a file that this library did
 * not write, `Error` when it cannot be fetched, `TypeError` without a runtime.
 */
export async function loadModel(source: ModelSource, options: { readonly runtime: Runtime }): Promise<Model> {
  const { runtime } = options ?? {};
  if (!runtime) throw new TypeError("Expected a runtime, such as the package's `simd`, for `runtime` but received nothing");
  const bytes = await bytesOf(source);
  const denoiser = await runtime.load(bytes);
  return { card: modelCard(bytes), denoiser };
}

/** The card of a file that `loadModel` accepts, without a look at its weights. */
export function modelCard(file: Uint8Array): ModelCard {
  return readCard(decodeModel(file).metadata_props.find(({ key }) => key === CARD_KEY)?.value ?? "");
}

export interface Progress extends Step {
  /** Network evaluations that the image takes in all. */
  readonly nfe: number;
}

export interface SampleRun extends SampleOptions {
  readonly signal?: RunOptions["signal"];
  /** Called after each step's network evaluation (guidance: two) and awaited. The arrays that it gets are valid during the call only. */
  readonly onStep?: ((progress: Progress) => void | Promise<void>) | undefined;
}

/** An image and the settings that made it: the same settings make the same bytes. */
export interface Sample extends Pixels {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly seed: string;
  /** Index of the class and its name. */
  readonly class: number;
  readonly label: string;
  readonly steps: number;
  readonly sampler: SamplerName;
  readonly temperature: number;
  readonly guidance: number;
  readonly nfe: number;
  /** The image as a PNG file. */
  png(): Uint8Array<ArrayBuffer>;
}

/** Draws one image. Throws `OptionError` before any work for options out of their domain, the signal's reason when aborted. */
export function sample(model: Model, run: SampleRun): Promise<Sample> {
  return draw(model, run, (sampler) => sampler);
}

export interface InpaintRun extends SampleRun {
  /** An image of the model's native size. */
  readonly image: Pixels;
  /** One channel of that size: what is white (128 to 255) is painted, what is black is kept to the byte. */
  readonly mask: Pixels;
}

/** Paints what the mask leaves open of an image, to go with the rest; otherwise as `sample`. */
export async function inpaint(model: Model, { image, mask, ...run }: InpaintRun): Promise<Sample> {
  const observation = observationOf(image, mask, model.card.spec);
  const state = seedState(`${run.seed}/inpaint`);
  return draw(model, run, (sampler, batch) =>
    inpainted(sampler, observation, { ...batch, noise: (_image, draw, out) => gaussians(state, draw, out) }),
  );
}

type Wrap = (sampler: Sampler, batch: Batch) => Sampler;

async function draw({ card, denoiser }: Model, { signal, onStep, ...options }: SampleRun, wrap: Wrap): Promise<Sample> {
  const { width, height, ...settings } = resolve(options, card);
  const { spec } = card;
  const { channels } = spec;
  const labels = new Float32Array(spec.classes);
  labels[settings.class] = 1;
  const state = seedState(settings.seed);
  const batch: Batch = {
    images: 1,
    imageSize: channels * spec.height * spec.width,
    noise: tempered((_image, draw, out) => gaussians(state, draw, out), settings.temperature),
  };
  const sampler = wrap(createSampler(settings.sampler, settings.steps, card.sampling, batch), batch);
  const denoise = guided((x, sigma, labels) => denoiser.denoise(x, sigma, labels), settings.guidance);
  const perStep = guidedEvaluations(settings.guidance);
  const values = await runSampler(sampler, (x, sigma) => detached(denoise(x, sigma, labels)), {
    signal,
    onStep: onStep && ((step) => onStep({ ...step, evaluations: step.evaluations * perStep, nfe: settings.nfe })),
  });
  const image: Pixels & { pixels: Uint8Array<ArrayBuffer> } = {
    pixels: toPixels(resize(values, [channels, spec.height, spec.width], [height, width]), channels),
    width,
    height,
    channels,
  };
  return { ...image, ...settings, label: card.labels[settings.class], png: () => encodePng(image) };
}

/**
 * A synchronous denoiser's result is its own buffer, valid until the next call only; samples that take turns on one model would overwrite each
 * other's. An asynchronous one's is the caller's.
 */
function detached(denoised: Float32Array | Promise<Float32Array>): Float32Array | Promise<Float32Array> {
  return denoised instanceof Float32Array ? denoised.slice() : denoised;
}

declare function fetch(url: string): Promise<{ readonly ok: boolean; readonly status: number; arrayBuffer(): Promise<ArrayBuffer> }>;

async function bytesOf(source: ModelSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const url = typeof source === "string" ? source : source.href;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Expected a model at ${url} but received HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

export type { ModelCard, SamplerName, SamplingDefaults, TrainingRecord } from "./card.ts";
export type { Pixels } from "./image/png.ts";
export type { NetworkSpec } from "./network.ts";
export { ModelError } from "./onnx/model-error.ts";
export {
  expected,
  OPTIONS,
  type Option,
  OptionError,
  type OptionName,
  resolve,
  SAMPLE_OPTIONS,
  type SampleOptions,
  type Settings,
} from "./options.ts";
export type { Denoiser, Runtime } from "./runtime/denoiser.ts";
