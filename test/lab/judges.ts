/**
 * The classifiers of the shipped models' data sets, in judges/. A *tuning* one has chosen their schedules. A *judging*
 * one, a different network, was in no choice of schedule or checkpoint, so that nothing can exploit the weaknesses of both.
 */
import { join } from "node:path";
import type { ClassifierName } from "./classifiers/classifier.ts";

export type Purpose = "tuning" | "judging";

export const purposeOf = (network: ClassifierName): Purpose => (network === "deep" ? "judging" : "tuning");

export const classifierPath = (data: string, purpose: Purpose): string =>
  join(import.meta.dirname, "judges", purpose, `${data}.safetensors`);
