/**
 * The classifiers of the shipped models' data sets, in judges/. A *tuning* one chooses schedules. A *judging* one, a
 * different network, is in no choice of schedule or checkpoint, so that nothing can exploit the weaknesses of both.
 */
import { join } from "node:path";
import { UserError } from "../../training/cli/user-error.ts";
import type { ClassifierName } from "./classifiers/classifier.ts";
import { readClassifier } from "./classifiers/file.ts";
import type { Opened } from "./measuring.ts";
import { type Reference, referenceOf } from "./quality.ts";

export type Purpose = "tuning" | "judging";

export const purposeOf = (network: ClassifierName): Purpose => (network === "deep" ? "judging" : "tuning");

export const classifierPath = (data: string, purpose: Purpose): string =>
  join(import.meta.dirname, "judges", purpose, `${data}.safetensors`);

/** The reference by the tuning classifier in `file`, by default the data set's own. Throws a UserError for a judging one. */
export function tuningReference({ tf, dataset }: Pick<Opened, "tf" | "dataset">, file = classifierPath(dataset.name, "tuning")): Reference {
  const classifier = readClassifier(dataset, file);
  const { network } = classifier.spec;
  if (purposeOf(network) === "tuning") return referenceOf(tf, dataset, classifier);
  throw new UserError(`Expected a tuning classifier of ${dataset.name} at \`${file}\` but its network ${network} is not for tuning`);
}
