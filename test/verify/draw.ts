/** One task of `npm run verify`, wherever JavaScript runs: the hashes of a model's first images by one sampler. */
import { hashesOf } from "../../training/verify/hashes.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { type Builds, engineRuntime } from "../../wasm-model/runtime/engine.ts";
import type { SamplerName } from "../../wasm-model/sampling/settings.ts";

export interface Task {
  readonly model: string;
  readonly build: keyof Builds;
  readonly sampler: SamplerName;
  /** How many images. */
  readonly count: number;
  /** Images that are drawn at a time. */
  readonly batch: number;
}

/** Of the seeds 0, 1, 2, ... */
export type Hashes = readonly string[];

/** `builds`: those of this place. */
export async function draw(file: Uint8Array, builds: Builds, { build, sampler, count, batch }: Task): Promise<Hashes> {
  const model = await loadModel(file, { runtime: engineRuntime({ plain: builds[build], relaxed: builds[build] }) });
  return hashesOf(model, sampler, { to: count, batch });
}
