/** Images as JSON: pixel values and settings. */
import * as v from "valibot";
import { type DrawnBy, OPTIONS, type Sample } from "../../wasm-model/index.ts";
import type { Pixels } from "../../wasm-model/render/image/png.ts";
import { trajectoryOf } from "../../wasm-model/request/resolve.ts";
import type { ModelEntry } from "../models/entry.ts";

const text = (description: string) => v.pipe(v.string(), v.description(description));
const whole = () => v.pipe(v.number(), v.integer());
const between = ({ min, max }: { readonly min: number; readonly max: number }) => v.pipe(v.number(), v.minValue(min), v.maxValue(max));

const MODEL = { model: v.string(), version: text("The version of the model.") };

const DRAWN_BY = {
  drawnBy: v.optional(
    v.pipe(v.picklist(["student", "teacher"]), v.description("Which file of the model drew it; absent for a model of one file.")),
  ),
};

const SETTINGS = {
  ...DRAWN_BY,
  seed: v.string(),
  class: v.optional(text("The name of the class. Absent if the images of a grid have different classes or the network was given none.")),
  steps: whole(),
  sampler: v.picklist(OPTIONS.sampler.domain.values),
  churn: v.optional(between(OPTIONS.churn.domain)),
  extrapolation: v.optional(between(OPTIONS.extrapolation.domain)),
  temperature: between(OPTIONS.temperature.domain),
  guidance: between(OPTIONS.guidance.domain),
  nfe: v.pipe(whole(), v.description("Network evaluations, summed over all images.")),
};

const PIXELS = {
  averageColour: v.pipe(
    v.string(),
    v.regex(/^#([0-9a-f]{6}|[0-9a-f]{8})$/),
    v.description("Mean of all pixels, as a CSS colour: `#rrggbb`, or `#rrggbbaa` on a transparent background."),
  ),
  width: whole(),
  height: whole(),
  channels: v.pipe(whole(), v.description("1 (grey), 3 (RGB) or 4 (RGBA).")),
  pixels: v.pipe(
    v.array(v.pipe(whole(), v.minValue(0), v.maxValue(255))),
    v.description("Row by row, with the channels of a pixel side by side."),
  ),
};

const IMAGE = v.object({ ...MODEL, url: text("The permanent address."), ...SETTINGS, ...PIXELS });
const UPLOADED_IMAGE = v.object({ ...MODEL, ...SETTINGS, ...PIXELS });
const DENOISED_IMAGE = v.object({ ...MODEL, ...DRAWN_BY, sigma: between(OPTIONS.sigma.domain), ...PIXELS });

/** The JSON answers, as named in the OpenAPI document. */
export const IMAGE_JSON = { name: "Image", schema: IMAGE };
export const UPLOADED_IMAGE_JSON = { name: "UploadedImage", schema: UPLOADED_IMAGE };
export const DENOISED_IMAGE_JSON = { name: "DenoisedImage", schema: DENOISED_IMAGE };

type UploadedImage = v.InferOutput<typeof UPLOADED_IMAGE>;
type ImageJson = UploadedImage & Partial<v.InferOutput<typeof IMAGE>>;
type DenoisedImageJson = v.InferOutput<typeof DENOISED_IMAGE>;

/** `url`: the permanent address; images from uploads have none. */
export function imageJson(image: Sample, { name, version }: ModelEntry, url: string | undefined): Uint8Array<ArrayBuffer> {
  const { drawnBy, seed, label, nfe } = image;
  const settled = { ...(drawnBy && { drawnBy }), seed, class: label, ...trajectoryOf(image), nfe };
  const json = { model: name, version, ...(url !== undefined && { url }), ...settled, ...shapeJson(image) };
  return withPixels(json satisfies ImageJson, image);
}

export function denoisedImageJson(
  image: Pixels,
  { name, version }: ModelEntry,
  { drawnBy, sigma }: { readonly drawnBy: DrawnBy | undefined; readonly sigma: number },
): Uint8Array<ArrayBuffer> {
  const json = { model: name, version, ...(drawnBy && { drawnBy }), sigma, ...shapeJson(image) };
  return withPixels(json satisfies DenoisedImageJson, image);
}

const shapeJson = (image: Pixels) => {
  const { width, height, channels } = image;
  return { averageColour: averageColour(image), width, height, channels, pixels: [] };
};

const ENCODER = new TextEncoder();

/** Each byte as decimal digits and a comma. */
const NUMBERS = Array.from({ length: 256 }, (_, byte) => ENCODER.encode(`${byte},`));

/**
 * JSON whose last value, an empty list, is filled with the pixels. It is written as bytes, since a list of numbers and
 * its text take ten times the memory and an isolate has 128 MB.
 */
function withPixels(json: DenoisedImageJson | ImageJson, { pixels }: Pixels): Uint8Array<ArrayBuffer> {
  const head = ENCODER.encode(JSON.stringify(json).slice(0, -"]}".length));
  let length = head.length + 1;
  for (const byte of pixels) length += NUMBERS[byte].length;
  const file = new Uint8Array(length);
  file.set(head);
  let at = head.length;
  for (const byte of pixels) {
    const digits = NUMBERS[byte];
    for (let i = 0; i < digits.length; i++) file[at++] = digits[i];
  }
  file.set(ENCODER.encode("]}"), at - 1); // over the last comma
  return file;
}

/**
 * The mean of all pixels as a CSS colour, each channel rounded. Pixels with alpha are weighted by it; the mean alpha is
 * then the last two of eight digits.
 */
export function averageColour({ pixels, channels }: Pixels): string {
  const sums = [0, 0, 0, 0];
  for (let at = 0; at < pixels.length; at += channels) {
    const alpha = channels === 4 ? pixels[at + 3] : 255;
    for (let c = 0; c < 3; c++) sums[c] += alpha * pixels[at + (channels === 1 ? 0 : c)];
    sums[3] += alpha;
  }
  const [red, green, blue, alpha] = sums;
  const means = [red, green, blue].map((sum) => (alpha === 0 ? 0 : sum / alpha));
  const digits = (channels === 4 ? [...means, (alpha * channels) / pixels.length] : means).map((mean) =>
    Math.round(mean).toString(16).padStart(2, "0"),
  );
  return `#${digits.join("")}`;
}
