/** The service that the page belongs to: its address, and what it says about itself. */
import type { ModelCard } from "../../../wasm-model/model/card.ts";
import type { BriefSampling } from "../../../wasm-model/sampling/settings.ts";
import { jsonAt, NotThere } from "../../drawing/downloads.ts";
import type { ListedModel } from "../../drawing/load-model.ts";
import { errorSentence, type Say, TryAgainError } from "./dom.ts";

/** URL of the server, with a slash at its end: the folder that assets/ is in, wherever it is mounted. */
export const SERVER = new URL(/* @vite-ignore */ "../", import.meta.url);

export interface DescribedModel extends Omit<ModelCard, "sampling">, ListedModel {
  readonly sampling: BriefSampling;
  /** Of an image with the default options, in multiply-accumulates. */
  readonly cost: number;
  /** Where a host of files alone has its file. */
  readonly asset?: string;
}

/** The answer of /v1/models. */
export interface Service {
  /** The first is the default. */
  readonly models: readonly DescribedModel[];
  /** The highest cost of an image that the server draws, in multiply-accumulates. 0: there are only files. */
  readonly budget: number;
}

let answer: Promise<Service> | undefined;

/** A host of files alone answers, but has no such address: there the answer is a file. Where a service fails, that file would hide it. */
const ask = (): Promise<unknown> =>
  jsonAt(new URL("v1/models", SERVER).href).catch((error) => {
    if (!(error instanceof NotThere)) throw error;
    return jsonAt(new URL("models.json", SERVER).href);
  });

/** What the service says about itself. After a failure the next call asks again. */
export function service(): Promise<Service> {
  answer ??= ask().catch((error) => {
    console.warn(error);
    answer = undefined;
    throw new TryAgainError("This page could not reach its service.");
  }) as Promise<Service>;
  return answer;
}

/** The same, however often it fails: each time `say` tells why and offers to try again. */
export async function waitForService(say: Say): Promise<Service> {
  for (;;) {
    try {
      return await service();
    } catch (error) {
      await new Promise<void>((again) => say(errorSentence(error), again));
    }
  }
}

/** The model of this name, or the default. */
export const modelNamed = (models: readonly DescribedModel[], name: string | null | undefined): DescribedModel =>
  models.find((model) => model.name === name) ?? models[0];
