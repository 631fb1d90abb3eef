/** The sampling settings of a measurement. */
import { checkedCard, type ModelCard } from "../../wasm-model/model/card.ts";
import type { SampleOptions } from "../../wasm-model/request/options.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { HEEDED } from "../../wasm-model/sampling/setting-docs.ts";
import type { Ramp, SamplingSettings, Start } from "../../wasm-model/sampling/settings.ts";
import { withChanges } from "../cli/sampling-flags.ts";
import type { RecordedSettings } from "./record.ts";

/** Options of a request that are no field of the card. */
export const REQUEST_ONLY = ["temperature", "guidance"] as const;

/**
 * Changes that a measurement may make to a model's sampling: options of a request, and all other fields of the card.
 */
export type Changes = Partial<Pick<SampleOptions, "steps" | "sampler" | (typeof REQUEST_ONLY)[number]>> &
  Partial<Omit<SamplingSettings, "steps" | "sampler">>;

export interface DrawSettings {
  readonly sampling: SamplingSettings;
  readonly temperature: number;
  readonly guidance: number;
  /** Network evaluations per image. */
  readonly nfe: number;
}

/** The card's settings with the changes, checked as in a request and a card. Throws OptionError or ModelError. */
export function drawSettings(card: ModelCard, { steps, sampler, temperature, guidance, ...changes }: Changes): DrawSettings {
  const changed = withChanges(card.sampling, changes);
  const settings = resolve("sample", { seed: "any", steps, sampler, temperature, guidance }, { ...card, sampling: changed });
  const { guidanceSigmaMax, ...rest } = changed;
  const limit = settings.guidance === 1 || guidanceSigmaMax === undefined ? {} : { guidanceSigmaMax }; // so that equal settings are drawn once
  const sampling = { ...rest, ...limit, sampler: settings.sampler, steps: settings.steps };
  checkedCard({ ...card, sampling });
  return { sampling, temperature: settings.temperature, guidance: settings.guidance, nfe: settings.nfe };
}

const recordedStart = ({ squares, spread, extrapolation }: Start): RecordedSettings["start"] => ({ squares, spread, extrapolation });

/** The settings as a model's record keeps them, without those that the sampler ignores. */
export function recordedSettings({ sampling, temperature, guidance, nfe }: DrawSettings): RecordedSettings {
  const { sampler, steps, sigmaMin, sigmaMax, guidanceSigmaMax } = sampling;
  const schedule = sampler === "langevin" ? sampling.schedules?.find(({ sigmas }) => sigmas.length === steps) : undefined;
  const values = { ...sampling, ...schedule };
  const mutable = (value: Ramp | readonly number[]): number | number[] => (typeof value === "number" ? value : [...value]);
  return {
    ...{ sampler, steps, evaluations: nfe, sigmaMin, sigmaMax },
    ...(schedule && { sigmas: [...schedule.sigmas] }),
    ...(schedule?.start && { start: recordedStart(schedule.start) }),
    ...(Object.fromEntries(HEEDED[sampler].map((name) => [name, mutable(values[name])])) as Partial<RecordedSettings>),
    ...(temperature !== 1 && { temperature }),
    ...(guidance !== 1 && { guidance, ...(guidanceSigmaMax !== undefined && { guidanceSigmaMax }) }),
  };
}

/** The settings in words, without temperature and guidance if they are 1. */
export function describeRecorded(settings: RecordedSettings, { name } = { name: true }): string {
  const { sampler, steps, sigmas, start, sigmaMin, sigmaMax, rho, churn, extrapolation, stepsPerLevel, relativeStep } = settings;
  const { temperature = 1, guidance = 1, guidanceSigmaMax } = settings;
  const list = (value: number | readonly number[]): string =>
    typeof value === "number" ? String(value) : value.join(sigmas ? " " : " to ");
  const grid = `from ${sigmaMax} to ${sigmaMin} (${rho === undefined ? "geometric" : `rho ${rho}`})`;
  return [
    ...(name ? [sampler] : []),
    `${steps} noise levels ${sigmas ? sigmas.join(" ") : grid}`,
    ...(start
      ? [`from a Gaussian of ${start.squares}x${start.squares} squares, spread ${start.spread}, extrapolation ${start.extrapolation}`]
      : []),
    ...(churn === undefined ? [] : [`churn ${list(churn)}`]),
    ...(extrapolation === undefined ? [] : [`extrapolation ${list(extrapolation)}`]),
    ...(stepsPerLevel === undefined ? [] : [`${stepsPerLevel} steps each`]),
    ...(relativeStep === undefined ? [] : [`relative step ${relativeStep}`]),
    ...(temperature === 1 ? [] : [`temperature ${temperature}`]),
    ...(guidance === 1 ? [] : [`guidance ${guidance}${guidanceSigmaMax === undefined ? "" : ` up to ${guidanceSigmaMax}`}`]),
  ].join(", ");
}

export const describeSettings = (settings: DrawSettings): string =>
  `${describeRecorded(recordedSettings(settings))}: ${settings.nfe} evaluations`;
