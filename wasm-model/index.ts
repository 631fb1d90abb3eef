/**
 * The public API: load a model, sample an image, vary one, inpaint one. The only path from options to bytes, for the Worker, the widget and the command line alike.
 *
 *   const model = await loadModel(bytes, { runtime });
 *   const image = await sample(model, { seed: "7", class: "Sneaker" });
 *   image.png(); // the very bytes that GET /sample?seed=7&class=Sneaker serves
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { ModelCard, SamplerName } from "./card.ts";
import { cellsOf, drawImage, type Given } from "./draw.ts";
import { develop, Film } from "./film.ts";
import { guidedEvaluations } from "./guidance.ts";
import { encodeApng } from "./image/apng.ts";
import { fromPixels } from "./image/pixels.ts";
import { encodePng, type Picture, type Pixels } from "./image/png.ts";
import { noteOn } from "./note.ts";
import { expectShape, observationOf } from "./observation.ts";
import { decodeModel } from "./onnx/file.ts";
import { readCard } from "./onnx/read-card.ts";
import { CARD_KEY } from "./onnx/writer.ts";
import { type DenoiseOptions, decimal, OPTIONS, resolve, resolveDenoising, type SampleOptions } from "./options.ts";
import { RENDER_VERSION } from "./render-version.ts";
import type { Denoiser, Runtime } from "./runtime/denoiser.ts";
import type { RunOptions, Step } from "./sampler/index.ts";

export interface Model {
  readonly card: ModelCard;
  /** See `modelVersion`. */
  readonly version: string;
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
  return { card: modelCard(bytes), version: modelVersion(bytes), denoiser };
}

/** The card of a file that `loadModel` accepts, without a look at its weights. */
export function modelCard(file: Uint8Array): ModelCard {
  return readCard(decodeModel(file).metadata_props.find(({ key }) => key === CARD_KEY)?.value ?? "");
}

/**
 * What decides, with the options, every byte of a picture: the first 8 hexadecimal digits of SHA-256 over the file and RENDER_VERSION. A rebuild that draws
 * the same keeps it.
 */
export function modelVersion(file: Uint8Array): string {
  const hash = sha256
    .create()
    .update(file)
    .update(new TextEncoder().encode(String(RENDER_VERSION)));
  return bytesToHex(hash.digest()).slice(0, 8);
}

export interface Progress extends Step {
  /** Network evaluations that the picture takes in all. */
  readonly nfe: number;
}

export interface SampleRun extends SampleOptions {
  readonly signal?: RunOptions["signal"];
  /**
   * Called after each step's network evaluation (guidance: two) and awaited. The arrays that it gets are valid during the call only; in a grid they are one
   * image's.
   */
  readonly onStep?: ((progress: Progress) => void | Promise<void>) | undefined;
}

/** A picture and the settings that made it: the same settings make the same bytes. */
export interface Sample extends Pixels {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly seed: string;
  /** Index of the class and its name; undefined where the images of a grid have their own, or the network was told none. */
  readonly class: number | undefined;
  readonly label: string | undefined;
  readonly steps: number;
  readonly sampler: SamplerName;
  readonly temperature: number;
  readonly guidance: number;
  readonly nfe: number;
  /** Images in the grid, where one was asked for. */
  readonly n?: number;
  /** The picture while it was annealed, from noise to the picture itself; where `frames` were asked for. */
  readonly frames?: readonly Pixels[];
  /** What its files say about themselves (note.ts); nothing where no options make it again. */
  readonly note?: string;
  /** The picture as a PNG file. */
  png(): Uint8Array<ArrayBuffer>;
}

/** Draws an image or a grid of them. Throws `OptionError` before any work for options out of their domain, the signal's reason when aborted. */
export function sample(model: Model, run: SampleRun): Promise<Sample> {
  return draw(model, run, {});
}

export interface VariationRun extends SampleRun {
  /** A picture of the model's native size. */
  readonly image: Pixels;
  readonly strength?: string | number | undefined;
}

/** Draws what is like a picture, by taking the noise out of it that is put over it; else as `sample`. Without `class` the network is told none. */
export async function vary(model: Model, { image, strength = OPTIONS.strength.default, ...run }: VariationRun): Promise<Sample> {
  expectShape("image", image, model.card.spec);
  return draw(model, run, { vary: { image, strength: decimal("strength", strength) } });
}

export interface InpaintRun extends SampleRun {
  /** An image of the model's native size. */
  readonly image: Pixels;
  /** One channel of that size: what is white (128 to 255) is painted, what is black is kept to the byte. */
  readonly mask: Pixels;
}

/** Paints what the mask leaves open of an image, to go with the rest; else as `sample`. Without `class` the network is told none. */
export async function inpaint(model: Model, { image, mask, ...run }: InpaintRun): Promise<Sample> {
  return draw(model, run, { observation: observationOf(image, mask, model.card.spec) });
}

async function draw({ card, version, denoiser }: Model, { signal, onStep, ...options }: SampleRun, given: Given): Promise<Sample> {
  const fromSeed = given.vary === undefined && given.observation === undefined;
  const settings = resolve(options, card, fromSeed);
  const { seed, class: label, steps, sampler, temperature, guidance, nfe, n } = settings;
  const cells = cellsOf(settings, card, fromSeed);
  const film = new Film(settings, card);
  const perStep = guidedEvaluations(guidance);
  const watched = onStep !== undefined || settings.frames !== undefined;
  for (const [k, cell] of cells.entries()) {
    const before = (k * nfe) / cells.length;
    const see = (step: Step): void | Promise<void> => {
      film.see(step);
      return onStep?.({ ...step, evaluations: before + step.evaluations * perStep, nfe });
    };
    film.finish(await drawImage(card, denoiser, settings, cell, { ...given, signal, onStep: watched ? see : undefined }));
  }
  const frames = film.frames();
  const picture = frames[frames.length - 1];
  const note = fromSeed ? noteOn(settings, card, version) : undefined;
  return {
    ...picture,
    seed,
    class: label,
    label: label === undefined ? undefined : card.labels[label],
    steps,
    sampler,
    temperature,
    guidance,
    nfe,
    ...(n !== undefined && { n }),
    ...(settings.frames !== undefined && { frames }),
    ...(note !== undefined && { note }),
    png: () => encodePng(picture, note),
  };
}

/** The picture of a sample as an animation: noise first, and longest what it became. Its `frames` must have been asked for. */
export function apng({ frames = [], note }: Sample): Uint8Array<ArrayBuffer> {
  const durations = (i: number): number => (i === frames.length - 1 ? LAST_FRAME : FRAME);
  return encodeApng(
    frames.map((picture, i) => ({ picture, duration: durations(i) })),
    note,
  );
}

/** Milliseconds. */
const FRAME = 100;
const LAST_FRAME = 2000;

export interface DenoiseRun extends DenoiseOptions {
  /** A noisy picture of the model's native size. */
  readonly image: Pixels;
}

/** Takes the noise out of a picture in one network evaluation. Without `class` the network is told none. Throws `OptionError` before any work. */
export async function denoise({ card, denoiser }: Model, { image, ...options }: DenoiseRun): Promise<Picture> {
  expectShape("image", image, card.spec);
  const { sigma, class: label, ...look } = resolveDenoising(options, card);
  const labels = new Float32Array(card.spec.classes);
  if (label !== undefined) labels[label] = 1;
  return develop(await denoiser.denoise(fromPixels(image), sigma, labels), look, card);
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
export { encodeSvg } from "./image/svg.ts";
export { noteOf } from "./image/text.ts";
export { decodeUpload } from "./image/upload.ts";
export type { NetworkSpec } from "./network.ts";
export { canonicalOptions, type Note, parseNote } from "./note.ts";
export { ModelError } from "./onnx/model-error.ts";
export {
  type DenoiseOptions,
  type Domain,
  expected,
  OPTIONS,
  type Option,
  OptionError,
  type OptionName,
  resolve,
  SAMPLE_OPTIONS,
  type SampleOptions,
  type Settings,
  UPLOAD_OPTIONS,
} from "./options.ts";
export type { Denoiser, Runtime } from "./runtime/denoiser.ts";
