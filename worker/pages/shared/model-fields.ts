/** The fields of a drawing that depend on its model. */
import { OPTION_VALUES } from "../../../wasm-model/request/options.ts";
import { type ChoiceField, choice, choices, slider } from "../../langevin/fields.ts";
import type { DescribedModel } from "./service.ts";

const { steps, sampler } = OPTION_VALUES;

/** For a slider of an option. */
export const rangeOf = ({ domain: { min, max } }: { readonly domain: Readonly<Record<"min" | "max", number>> }) => [min, max] as const;

/** A class of a model or any. Of a single one there is nothing to choose. */
export const classField = (label: string, any: string, labels: readonly string[]): ChoiceField =>
  choice<string>(label, { "": any, ...(labels.length > 1 && choices(labels)) }, "");

export const fieldsOf = ({ labels, sampling }: DescribedModel) => ({
  class: classField("Class", "any", labels),
  sampler: choice<string>("Sampler", choices(sampler.domain.values), sampling.sampler),
  steps: slider("Noise levels", rangeOf(steps), sampling.steps),
});
