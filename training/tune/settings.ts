/**
 * Compares sampling settings by their FID with the tuning classifier. A judging classifier can then measure the choice.
 */
import type { EvaluatedModel } from "../measure/evaluated-model.ts";
import { type Quality, qualityOf } from "../measure/measure.ts";
import type { Reference } from "../measure/reference.ts";
import type { Tf } from "../network/score-network.ts";
import { type Changes, type DrawSettings, describeSettings, drawSettings } from "../record/settings.ts";
import { Search } from "./search.ts";

/** The model, reference and images that candidates are measured with. */
export interface Ruler {
  readonly tf: Tf;
  readonly reference: Reference<"tuning">;
  readonly model: EvaluatedModel;
  readonly cache: string;
  readonly count: number;
  readonly seed: string;
}

export interface RankedSettings extends Quality {
  readonly changes: Changes;
  readonly settings: DrawSettings;
}

/** The quality of each of the settings, best FID first. */
export async function ranked(
  { tf, reference, model, cache, count, seed }: Ruler,
  candidates: readonly Changes[],
): Promise<RankedSettings[]> {
  const search = new Search<Changes, Omit<RankedSettings, "changes">>({
    async measure(changes) {
      const settings = drawSettings(model.card, changes);
      return { ...(await qualityOf(tf, reference, model, { settings, count, seed }, cache)), settings };
    },
    costOf: ({ fid }) => fid,
    tell: ({ result: { fid, settings } }) =>
      console.log(`${model.precision}: FID ${fid.toFixed(3)}, ${count} images, ${describeSettings(settings)}`),
  });
  await search.tryAll(candidates);
  return search.ranked.map(({ candidate, result }) => ({ ...result, changes: candidate }));
}
