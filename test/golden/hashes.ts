/**
 * Golden images: the SHA-256 of 24 images of a model, with every option at least once. They tell whether a machine
 * draws a seed as every other one does, byte for byte. Runs in any JavaScript runtime.
 */

import { type Model, type SampleOptions, sample } from "../../wasm-model/index.ts";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";

/** Of an image's PNG file, and of its pixels: an encoder may change the one, only the drawing itself the other. */
export interface Hash {
  readonly png: string;
  readonly pixels: string;
}

/** By query of /sample. */
export type Hashes = Readonly<Record<string, Hash>>;

/** `sha256.json` beside a model's `model.onnx`. */
export interface Golden {
  /** SHA-256 of its file. */
  readonly model: string;
  /** The RENDER_VERSION that the hashes belong to. */
  readonly renderVersion: number;
  readonly images: Hashes;
}

const COUNT = 24;

const QUERIES = [
  "seed=s%C3%BC%C3%9F+%F0%9F%8C%B0",
  "seed=7&class=2&steps=1",
  "seed=7&steps=20",
  "seed=7&sampler=ald&steps=2",
  "seed=7&sampler=heun&steps=2&guidance=0.5",
  "seed=7&sampler=heun",
  "seed=7&extrapolation=1",
  "seed=7&churn=0&extrapolation=1&steps=12",
  "seed=7&temperature=0.5",
  "seed=7&guidance=2",
  "seed=7&size=56",
  "seed=7&size=100",
  "seed=7&size=128",
  "seed=7&size=100&enlarge=pixels",
  "seed=7&n=2&steps=2&size=112",
  "seed=7&to=8&t=0.3",
  "seed=7&n=5&steps=2",
  "seed=7&temperature=1.5&size=100",
  "seed=7&radius=30&size=100",
];

/** Of grey models alone. */
const COLOURS = ["seed=7&background=fed&foreground=402060", "seed=7&background=transparent&foreground=402060&size=56"];

/** Of cut-outs and pixel art alone. */
const CUT_OUTS = ["seed=7&background=402060&size=56", "seed=7&palette=free&size=100", "seed=7&palette=free&enlarge=smooth&size=128"];

/** The first seeds with the model's own defaults, and the queries above. */
export function queriesOf({ spec, cutOut }: ModelCard): readonly string[] {
  const queries = [...QUERIES, ...(spec.channels === 1 ? COLOURS : []), ...(cutOut ? CUT_OUTS : [])];
  return [...Array.from({ length: COUNT - queries.length }, (_, seed) => `seed=${seed}`), ...queries];
}

export const optionsOf = (query: string): SampleOptions => ({ seed: "", ...Object.fromEntries(new URLSearchParams(query)) });

export async function hashesOf(model: Model): Promise<Hashes> {
  const hashes: Record<string, Hash> = {};
  for (const query of queriesOf(model.card)) {
    const image = await sample(model, optionsOf(query));
    hashes[query] = { png: sha256Hex(image.png()), pixels: sha256Hex(image.pixels) };
  }
  return hashes;
}
