/** The fields of a drawing: its seed, and those that depend on its model. */
import { OPTION_VALUES } from "../../../wasm-model/request/options.ts";
import { type ChoiceField, choice, choices, type SliderField, slider } from "../../langevin/fields.ts";
import type { DescribedModel } from "./service.ts";

/** The most bytes of a seed in UTF-8. */
const LONGEST_SEED = OPTION_VALUES.seed.domain.maxLength;

/** What is wrong with a seed, in a sentence for visitors. */
export function seedProblem(seed: string): string | undefined {
  if (seed.trim() === "") return "Type any text.";
  if (new TextEncoder().encode(seed).length > LONGEST_SEED) return `“${seed.slice(0, 40)}…” is longer than ${LONGEST_SEED} bytes.`;
}

export const seedField = (label: string, byDefault: string) =>
  ({ kind: "text", label, default: byDefault, problem: seedProblem, maxLength: LONGEST_SEED }) as const;

/** A class of a model or any. Of a single one there is nothing to choose. */
export const classField = (label: string, any: string, labels: readonly string[]): ChoiceField =>
  choice<string>(label, { "": any, ...(labels.length > 1 && choices(labels)) }, "");

/** For a slider of an option. */
export const rangeOf = ({ domain: { min, max } }: { readonly domain: Readonly<Record<"min" | "max", number>> }) => [min, max] as const;

export const stepsField = ({ sampling }: DescribedModel): SliderField =>
  slider("Noise levels", rangeOf(OPTION_VALUES.steps), sampling.steps);
