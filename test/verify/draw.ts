/** One task of `npm run verify`, wherever JavaScript runs: the hashes of a model's first images, of each sampler. */
import type { ModelFiles } from "../../training/commands/model-files.ts";
import { hashesOf } from "../../training/verify/hashes.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { type Builds, engineRuntime } from "../../wasm-model/runtime/engine.ts";
import { SAMPLERS, type SamplerName } from "../../wasm-model/sampling/settings.ts";

export interface Task {
  readonly model: string;
  readonly build: keyof Builds;
  /** Images that are drawn at a time. */
  readonly batch: number;
  /** How many images, by sampler. */
  readonly counts: Readonly<Record<SamplerName, number>>;
}

export type Images = Record<SamplerName, string[]>;

/** `builds`: those of this place. */
export async function draw({ file, teacher }: ModelFiles, builds: Builds, { build, batch, counts }: Task): Promise<Images> {
  const model = await loadModel(file, { runtime: engineRuntime({ plain: builds[build], relaxed: builds[build] }), teacher });
  const images: Partial<Images> = {};
  for (const sampler of SAMPLERS) images[sampler] = await hashesOf(model, sampler, { to: counts[sampler], batch });
  return images as Images;
}
