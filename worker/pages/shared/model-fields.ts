/** The fields of a drawing that depend on its model. */
import { OPTION_VALUES } from "../../../wasm-model/request/options.ts";
import { choice, choices, slider } from "../../langevin/fields.ts";
import type { DescribedModel } from "./service.ts";

const { steps, sampler } = OPTION_VALUES;

/** For a slider of an option. */
export const rangeOf = ({ domain: { min, max } }: { readonly domain: Readonly<Record<"min" | "max", number>> }) => [min, max] as const;

export const fieldsOf = ({ labels, sampling }: DescribedModel) => ({
  class: choice<string>("Class", { "": "any", ...choices(labels) }, ""),
  sampler: choice<string>("Sampler", choices(sampler.domain.values), sampling.sampler),
  steps: slider("Noise levels", rangeOf(steps), sampling.steps),
});
