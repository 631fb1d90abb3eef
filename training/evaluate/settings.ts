/** How the images of one measurement are drawn. */
import { checkedCard, type ModelCard } from "../../wasm-model/model/card.ts";
import type { SampleOptions } from "../../wasm-model/request/options.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { describeRamp } from "../../wasm-model/sampler/ramp.ts";
import type { SamplerName, SamplingSettings } from "../../wasm-model/sampler/settings.ts";
import { withChanges } from "../sampling-flags.ts";

/** What a measurement may change of a model's sampling: the options of a request, and what else its card holds. */
export type Changes = Partial<Pick<SampleOptions, "steps" | "sampler" | "temperature" | "guidance">> &
  Partial<Omit<SamplingSettings, "steps" | "sampler">>;

export interface DrawSettings {
  readonly sampling: SamplingSettings;
  readonly temperature: number;
  readonly guidance: number;
  /** Network evaluations per image. */
  readonly nfe: number;
}

/** The card's settings with the changes, checked as those of a request and of a card are. Throws OptionError or ModelError. */
export function drawSettings(card: ModelCard, { steps, sampler, temperature, guidance, ...changes }: Changes): DrawSettings {
  const changed = withChanges(card.sampling, changes);
  const settings = resolve("sample", { seed: "any", steps, sampler, temperature, guidance }, { ...card, sampling: changed });
  const sampling = { ...changed, sampler: settings.sampler, steps: settings.steps };
  checkedCard({ ...card, sampling });
  return { sampling, temperature: settings.temperature, guidance: settings.guidance, nfe: settings.nfe };
}

/** The settings that a sampler heeds, in words; 1 goes without saying for temperature and guidance. */
export function describeSettings({ sampling, temperature, guidance, nfe }: DrawSettings): string {
  const { sampler, steps, sigmaMin, sigmaMax, rho, stepsPerLevel, relativeStep, guidanceSigmaMax } = sampling;
  const schedule = sampler === "langevin" ? sampling.schedules?.find(({ sigmas }) => sigmas.length === steps) : undefined;
  const { churn, extrapolation } = schedule
    ? { churn: schedule.churn.join(" "), extrapolation: schedule.extrapolation.join(" ") }
    : { churn: describeRamp(sampling.churn), extrapolation: describeRamp(sampling.extrapolation) };
  const own: Record<SamplerName, string> = {
    langevin: `, churn ${churn}, extrapolation ${extrapolation}`,
    cas: `, churn ${describeRamp(sampling.churn)}`,
    ald: `, ${stepsPerLevel} steps each, relative step ${relativeStep}`,
    kinetic: `, ${stepsPerLevel} steps each, relative step ${relativeStep}`,
    ...{ euler: "", heun: "", ipndm3: "", ipndm4: "" },
  };
  const grid = sampler === "ald" || sampler === "kinetic" ? "geometric" : `rho ${rho}`;
  const levels = schedule ? `noise levels ${schedule.sigmas.join(" ")}` : `noise levels from ${sigmaMax} to ${sigmaMin} (${grid})`;
  const limit = guidanceSigmaMax === undefined ? "" : ` up to ${guidanceSigmaMax}`;
  const more = [temperature === 1 ? "" : `, temperature ${temperature}`, guidance === 1 ? "" : `, guidance ${guidance}${limit}`].join("");
  return `${sampler}, ${steps} ${levels}${own[sampler]}${more}: ${nfe} evaluations`;
}
