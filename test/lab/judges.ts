/**
 * The classifiers of the shipped models' data sets, in judges/. A *tuning* one chooses schedules. A *judging* one, a
 * different network, had no part in any choice and only measures.
 */
import { join } from "node:path";
import { UserError } from "../../training/cli/user-error.ts";
import type { Purpose } from "../../training/measure/classifiers/classifier.ts";
import { type Opened, referenceFor } from "../../training/measure/command.ts";
import type { Reference } from "../../training/measure/reference.ts";

export const classifierPath = (data: string, purpose: Purpose): string =>
  join(import.meta.dirname, "judges", purpose, `${data}.safetensors`);

/** The reference by the classifier in `file`, by default the data set's own. Throws a UserError if there is none. */
export async function expectReference(opened: Opened, purpose: Purpose, file: string | undefined, cache: string): Promise<Reference> {
  const reference = await referenceFor(opened, file ?? classifierPath(opened.dataset.name, purpose), cache, purpose);
  if (!reference) throw new UserError(`Expected a ${purpose} classifier of ${opened.dataset.name} but found none`);
  return reference;
}
