/** A request for an image, resolved once, and the file that answers it. */
import type { Context } from "hono";
import { apng, OptionError, type Sample, type SampleOptions } from "../../wasm-model/index.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { costOf, IMAGE_COST } from "../../wasm-model/render/cost.ts";
import { type Progress, render } from "../../wasm-model/render/render.ts";
import { OPTIONS } from "../../wasm-model/request/option-docs.ts";
import { canonicalOptions, decimalText } from "../../wasm-model/request/recipe.ts";
import { resolve, type Settings } from "../../wasm-model/request/resolve.ts";
import { sha256Hex } from "../../wasm-model/sampling/sha256.ts";
import { checkBudget } from "../admission/limits.ts";
import type { Job } from "../admission/queue.ts";
import type { Env } from "../http/env.ts";
import type { ModelEntry } from "../models/entry.ts";
import type { ReadyModel } from "../models/ready.ts";
import type { Format, Query } from "./query.ts";

export const MEDIA_TYPES: Readonly<Record<Format, string>> = { png: "image/png", apng: "image/apng" };

/** A resolved request with the model that draws. */
export interface ImageRequest {
  readonly settings: Settings;
  readonly model: ReadyModel;
  readonly format: Format;
  /** In multiply-accumulates. */
  readonly cost: number;
  /** The permanent address of these bytes. */
  readonly url: string;
}

export type ImageBytes = Uint8Array<ArrayBuffer>;

/** Throws `OptionError`, for an image that costs more than a request may, too. */
export function imageRequest(
  { env }: Context<Env>,
  model: ReadyModel,
  { format, options }: Pick<Query, "format" | "options">,
  seed: string,
): ImageRequest {
  if (options.frames !== undefined && format !== "apng") {
    throw new OptionError("invalid-value", "format", "apng", format, (option) => `\`frames\` works with the \`${option}\` apng only`);
  }
  const frames = format === "apng" ? (options.frames ?? OPTIONS.frames.default) : undefined;
  const { card } = model;
  const settings = resolve("sample", { ...options, seed, frames }, card);
  const cost = costOf(settings, card);
  checkBudget(env.settings, cost, settings, card, options);
  const url = `${env.base}${permanentPath(model, canonicalOptions(settings, card), format)}`;
  return { model, settings, format, cost, url };
}

/** Draws the image. Between evaluations it yields to the event loop. Throws the signal's reason when aborted. */
export async function drawImage({ model, settings }: ImageRequest, job: Job, signal: AbortSignal): Promise<Sample> {
  const { card, version } = model;
  const denoiser = await model.denoiser(signal);
  const macs = macsOf(card.spec);
  const onStep = ({ evaluations }: Progress): void => job.spend(IMAGE_COST + evaluations * macs);
  return render({ card, version, denoiser }, settings, { signal, onStep });
}

function permanentPath({ name, version }: ModelEntry, { seed, ...options }: SampleOptions, format: Format): string {
  const text = (value: string | number | undefined): string => (typeof value === "number" ? decimalText(value) : String(value));
  const query = new URLSearchParams(Object.entries(options).map(([key, value]) => [key, text(value)]));
  return `/v1/${name}@${version}/${encodeURIComponent(seed)}.${format}?${query}`;
}

/** The ETag of the file at this permanent address. It depends on the address only, so it costs no sampling. */
export const etagOf = (url: string): string => `"${sha256Hex(new TextEncoder().encode(url)).slice(0, 32)}"`;

export const fileOf = (image: Sample, format: Format): ImageBytes => (format === "apng" ? apng(image) : image.png());
