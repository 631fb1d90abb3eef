/** The service that the page belongs to: its address, what it says about itself, and its images. */
import type { ModelCard } from "../../../wasm-model/model/card.ts";
import { latestAnswer } from "../../widget/cache.ts";

/** URL of the server, with a slash at its end: the folder that assets/ is in, wherever it is mounted. */
export const SERVER = new URL(/* @vite-ignore */ "../", import.meta.url);

export interface ServedModel extends ModelCard {
  readonly version: string;
  /** The length of its file. */
  readonly bytes: number;
  /** Of an image with the default options, in multiply-accumulates. */
  readonly cost: number;
  /** Where a host of files alone has its file. */
  readonly asset?: string;
}

/** The answer of /v1/models. */
export interface Service {
  /** The first is the default. */
  readonly models: readonly ServedModel[];
  /** The highest cost of an image that the server draws, in multiply-accumulates. 0: there are only files. */
  readonly budget: number;
  /** The address of the source code. */
  readonly source?: string;
}

/** Without a network it is the last answer. A host of files alone has it in a file. */
export const service = latestAnswer(new URL("v1/models", SERVER).href).catch((error) =>
  latestAnswer(new URL("models.json", SERVER).href).catch(() => {
    throw error;
  }),
) as Promise<Service>;

/** The model of this name, or the default. */
export const modelNamed = (models: readonly ServedModel[], name: string | null): ServedModel =>
  models.find((model) => model.name === name) ?? models[0];

/** Why there is no image, in a sentence for visitors. What the server says itself is for programs. */
export class VisitorError extends Error {
  override readonly name = "VisitorError";
}

/** What to tell visitors about an error. The console has the details. */
export function inWords(error: unknown): string {
  if (error instanceof VisitorError) return error.message;
  console.warn(error);
  return "This device cannot draw it.";
}

/** The server's image. Throws `VisitorError`, or the signal's reason when aborted. */
export async function fetchImage(url: URL, init: RequestInit = {}): Promise<Blob> {
  const response = await fetch(url, init).catch(() => {
    init.signal?.throwIfAborted();
    throw new VisitorError("The server cannot be reached.");
  });
  if (response.ok) return response.blob();
  if ([429, 503].includes(response.status)) throw new VisitorError("The server is busy. Try again in a moment.");
  throw new VisitorError(response.status < 500 ? "The server does not draw this image." : "The server failed. Try again in a moment.");
}
