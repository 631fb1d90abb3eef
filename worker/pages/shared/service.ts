/** The service that the page belongs to: its address, what it says about itself, and its images. */
import type { ModelCard } from "../../../wasm-model/model/card.ts";
import { latestAnswer } from "../../drawing/cache.ts";
import { TryAgainError, VisitorError } from "./errors.ts";

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

let answer: Promise<Service> | undefined;

/** Without a network it is the last answer. A host of files alone has it in a file. After a failure the next call asks again. */
export function service(): Promise<Service> {
  answer ??= latestAnswer(new URL("v1/models", SERVER).href)
    .catch((error) =>
      latestAnswer(new URL("models.json", SERVER).href).catch(() => {
        throw error;
      }),
    )
    .catch((error) => {
      console.warn(error);
      answer = undefined;
      throw new TryAgainError("The list of models has not arrived.");
    }) as Promise<Service>;
  return answer;
}

/** The model of this name, or the default. */
export const modelNamed = (models: readonly ServedModel[], name: string | null): ServedModel =>
  models.find((model) => model.name === name) ?? models[0];

/** The server's image. What the server says itself is for programs. Throws `VisitorError`, or the signal's reason when aborted. */
export async function fetchImage(url: URL, init: RequestInit = {}): Promise<Blob> {
  const response = await fetch(url, init).catch(() => {
    init.signal?.throwIfAborted();
    throw new TryAgainError("The server cannot be reached.");
  });
  if (response.ok) return response.blob();
  if ([429, 503].includes(response.status)) throw new TryAgainError("The server is busy. Try again in a moment.");
  if (response.status < 500) throw new VisitorError("The server does not draw this image.");
  throw new TryAgainError("The server failed. Try again in a moment.");
}
