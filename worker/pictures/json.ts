/** Images as JSON: pixel values and settings. The types of the texts are those of the schemas, which are made for the OpenAPI document only. */
import { z } from "@hono/zod-openapi";
import { type DrawnBy, OPTIONS, type Sample } from "../../wasm-model/index.ts";
import type { Pixels } from "../../wasm-model/render/image/png.ts";
import type { ModelEntry } from "../models/entry.ts";
import { averageColour } from "./average-colour.ts";

const model = () => ({ model: z.string(), version: z.string().openapi({ description: "The version of the model." }) });

const pixels = () => ({
  width: z.number().int(),
  height: z.number().int(),
  channels: z.number().int().openapi({ description: "1 (grey), 3 (RGB) or 4 (RGBA)." }),
  pixels: z.array(z.number().int().min(0).max(255)).openapi({ description: "Row by row, with the channels of a pixel side by side." }),
});

const colour = () => ({
  averageColour: z
    .string()
    .regex(/^#([0-9a-f]{6}|[0-9a-f]{8})$/)
    .openapi({ description: "Mean of all pixels, as a CSS colour: `#rrggbb`, or `#rrggbbaa` on a transparent background." }),
});

const between = ({ min, max }: { readonly min: number; readonly max: number }) => z.number().min(min).max(max);

const drawnBy = () =>
  z.enum(["student", "teacher"]).optional().openapi({ description: "Which file of the model drew it; absent for a model of one file." });

const settings = () => ({
  drawnBy: drawnBy(),
  seed: z.string(),
  class: z
    .string()
    .optional()
    .openapi({ description: "The name of the class. Absent if the images of a grid have different ones or the network was given none." }),
  steps: z.number().int(),
  sampler: z.enum(OPTIONS.sampler.domain.values),
  temperature: between(OPTIONS.temperature.domain),
  guidance: between(OPTIONS.guidance.domain),
  nfe: z.number().int().openapi({ description: "Network evaluations, summed over all images." }),
});

export const pictureSchema = () =>
  z
    .object({ ...model(), url: z.string().openapi({ description: "The permanent address." }), ...settings(), ...colour(), ...pixels() })
    .openapi("Picture");

export const uploadedPictureSchema = () => z.object({ ...model(), ...settings(), ...colour(), ...pixels() }).openapi("UploadedPicture");

export const denoisedPictureSchema = () =>
  z.object({ ...model(), drawnBy: drawnBy(), sigma: between(OPTIONS.sigma.domain), ...colour(), ...pixels() }).openapi("DenoisedPicture");

type UploadedPicture = z.infer<ReturnType<typeof uploadedPictureSchema>>;
type PictureJson = UploadedPicture & Partial<z.infer<ReturnType<typeof pictureSchema>>>;
type DenoisedPictureJson = z.infer<ReturnType<typeof denoisedPictureSchema>>;

/** `url`: the permanent address; images from uploads have none. */
export function pictureJson(image: Sample, { name, version }: ModelEntry, url: string | undefined): string {
  const { drawnBy, seed, label, steps, sampler, temperature, guidance, nfe } = image;
  const settled = { ...(drawnBy && { drawnBy }), seed, class: label, steps, sampler, temperature, guidance, nfe };
  const json = { model: name, version, ...(url !== undefined && { url }), ...settled, ...pixelsJson(image) };
  return JSON.stringify(json satisfies PictureJson);
}

export function denoisedPictureJson(
  picture: Pixels,
  { name, version }: ModelEntry,
  { drawnBy, sigma }: { readonly drawnBy: DrawnBy | undefined; readonly sigma: number },
): string {
  const json = { model: name, version, ...(drawnBy && { drawnBy }), sigma, ...pixelsJson(picture) };
  return JSON.stringify(json satisfies DenoisedPictureJson);
}

const pixelsJson = (picture: Pixels) => {
  const { width, height, channels, pixels } = picture;
  return { averageColour: averageColour(picture), width, height, channels, pixels: [...pixels] };
};
