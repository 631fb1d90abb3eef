/** How the images of one measurement are drawn. */
import type { ModelCard, SamplerName, SamplingDefaults } from "../../wasm-model/card.ts";
import { resolve, type SampleOptions } from "../../wasm-model/index.ts";
import { readCard } from "../../wasm-model/onnx/read-card.ts";
import { describeRamp } from "../../wasm-model/ramp.ts";

/** What a measurement may change of a model's sampling: the options of a request, and what else its card holds. */
export type Changes = Partial<Pick<SampleOptions, "steps" | "sampler" | "temperature" | "guidance">> &
  Partial<Omit<SamplingDefaults, "steps" | "sampler">> & { readonly guidanceSigmaMax?: number };

export interface DrawSettings {
  readonly sampling: SamplingDefaults;
  readonly temperature: number;
  readonly guidance: number;
  /** Highest noise level that is guided, as `npm run train` has it; all are when it is not given, none with a guidance of 1. */
  readonly guidanceSigmaMax?: number;
  /** Network evaluations per image, or more than there are where some noise levels are not guided. */
  readonly nfe: number;
}

/** The card's settings with the changes, checked as those of a request and of a card are. Throws OptionError or ModelError. */
export function drawSettings(
  card: ModelCard,
  { steps, sampler, temperature, guidance, guidanceSigmaMax, ...changes }: Changes,
): DrawSettings {
  const changed = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const base = { ...card.sampling, ...changed };
  const settings = resolve({ seed: "any", steps, sampler, temperature, guidance }, { ...card, sampling: base });
  const sampling = { ...base, sampler: settings.sampler, steps: settings.steps };
  readCard(JSON.stringify({ ...card, sampling }));
  const limit = guidanceSigmaMax === undefined || settings.guidance === 1 ? {} : { guidanceSigmaMax };
  return { sampling, temperature: settings.temperature, guidance: settings.guidance, ...limit, nfe: settings.nfe };
}

/** The settings that a sampler heeds, in words; 1 goes without saying for temperature and guidance. */
export function describeSettings({ sampling, temperature, guidance, guidanceSigmaMax, nfe }: DrawSettings): string {
  const { sampler, steps, churn, extrapolation, sigmaMin, sigmaMax, rho, stepsPerLevel, relativeStep } = sampling;
  const own: Record<SamplerName, string> = {
    langevin: `, churn ${describeRamp(churn)}, extrapolation ${describeRamp(extrapolation)}`,
    cas: `, churn ${describeRamp(churn)}`,
    ald: `, ${stepsPerLevel} steps each, relative step ${relativeStep}`,
    kinetic: `, ${stepsPerLevel} steps each, relative step ${relativeStep}`,
    ...{ euler: "", heun: "", ipndm3: "", ipndm4: "" },
  };
  const grid = sampler === "ald" || sampler === "kinetic" ? "geometric" : `rho ${rho}`;
  const limit = guidanceSigmaMax === undefined ? "" : ` up to ${guidanceSigmaMax}`;
  const more = [temperature === 1 ? "" : `, temperature ${temperature}`, guidance === 1 ? "" : `, guidance ${guidance}${limit}`].join("");
  return `${sampler}, ${steps} noise levels from ${sigmaMax} to ${sigmaMin} (${grid})${own[sampler]}${more}: ${limit && "at most "}${nfe} evaluations`;
}
