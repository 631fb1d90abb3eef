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

/** The reference by the classifier in `file`, by default the data set's own. Throws a UserError if it has another purpose. */
export function expectReference({ tf, dataset }: Pick<Opened, "tf" | "dataset">, purpose: Purpose, file?: string): Reference {
  const path = file ?? classifierPath(dataset.name, purpose);
  const classifier = readClassifier(dataset, path);
  const { network } = classifier.spec;
  if (purposeOf(network) === purpose) return referenceOf(tf, dataset, classifier);
  throw new UserError(
    `Expected a ${purpose} classifier of ${dataset.name} at \`${path}\` but its network ${network} is not for ${purpose}`,
  );
}

export const describeReference = ({ dataset: { name, train, test }, classifier }: Reference): string =>
  `compared with the ${train.count} training images of ${name}, in features of the ${purposeOf(classifier.spec.network)} classifier (${(100 * classifier.testAccuracy).toFixed(2)} % accuracy on the ${test.count} test images)`;
