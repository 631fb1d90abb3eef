/** Which of several settings draws best? */

import type { EvaluatedModel } from "../measure/evaluated-model.ts";
import { type Quality, qualityOf } from "../measure/measure.ts";
import type { Reference } from "../measure/reference.ts";
import { type Changes, type DrawSettings, describeSettings, drawSettings } from "../measure/settings.ts";
import type { Tf } from "../network/score-network.ts";

export interface Measured extends Quality {
  readonly changes: Changes;
  readonly settings: DrawSettings;
}

export interface Search {
  readonly tf: Tf;
  readonly reference: Reference;
  readonly model: EvaluatedModel;
  readonly cache: string;
  readonly count: number;
  readonly seed: string;
}

/** The quality of each of the settings, best FID first. */
export async function ranked({ tf, reference, model, cache, count, seed }: Search, candidates: readonly Changes[]): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const changes of candidates) {
    const settings = drawSettings(model.card, changes);
    const quality = await qualityOf(tf, reference, model, { settings, count, seed }, cache);
    console.log(`${model.precision}: FID ${quality.fid.toFixed(3)}, ${count} images, ${describeSettings(settings)}`);
    measured.push({ ...quality, changes, settings });
  }
  return measured.sort((a, b) => a.fid - b.fid);
}
