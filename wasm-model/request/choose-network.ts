/**
 * Which network of a model draws a request. In a model of two files (model/model.ts) the student draws what it was
 * trained for, and the teacher everything else.
 */
import type { ModelCard } from "../model/card.ts";
import { isAlone, type Model } from "../model/model.ts";
import { OptionError } from "./option-error.ts";
import { OPTION_VALUES, type Operation, type OptionsOf } from "./options.ts";
import { type DenoiseSettings, type DrawingOperation, resolve, resolveDenoise, type Settings } from "./resolve.ts";
import { textOf } from "./values.ts";

export interface Cards {
  /** Of `model.onnx`. */
  readonly card: ModelCard;
  /** Of `teacher.onnx`, if the model has one. */
  readonly teacher?: { readonly card: ModelCard } | undefined;
}

export type DrawnBy = "student" | "teacher";

export interface ChosenNetwork {
  /** Of the file that draws. */
  readonly card: ModelCard;
  /** Absent for a model of one file. */
  readonly drawnBy?: DrawnBy | undefined;
}

type Options = Partial<OptionsOf<"vary">>;

/**
 * The network that draws a request, which need not be valid. A student draws images from noise with its own sampler, in
 * the step counts that it was trained for, without guidance. The teacher draws everything else.
 */
export function chooseNetwork(
  operation: Operation,
  { steps, sampler, churn, extrapolation, guidance }: Options,
  { card, teacher }: Cards,
): ChosenNetwork {
  if (!teacher) return { card };
  const { sampling } = card;
  const knows =
    operation === "sample" &&
    (sampler ?? sampling.sampler) === sampling.sampler &&
    churn === undefined &&
    extrapolation === undefined &&
    sampling.allowedSteps?.includes(Number(textOf(steps ?? sampling.steps))) &&
    Number(textOf(guidance ?? OPTION_VALUES.guidance.default)) === 1;
  return knows ? { card, drawnBy: "student" } : { card: teacher.card, drawnBy: "teacher" };
}

export interface Resolved<S> extends ChosenNetwork {
  readonly settings: S;
}

export type ResolvedRequest = Resolved<Settings>;

/**
 * The network that draws a request, and the settings that its card gives the request. Throws `OptionError` like
 * `resolve`, and if the request needs a teacher and the student has none.
 */
export function resolveFor<O extends DrawingOperation>(operation: O, options: OptionsOf<O>, cards: Cards): ResolvedRequest {
  const chosen = chooseNetwork(operation, options, cards);
  const settings = resolve(operation, options, chosen.card);
  expectKnown(operation, cards, settings);
  return { ...chosen, settings };
}

/** The same for a request to denoise. */
export function resolveDenoiseFor(options: OptionsOf<"denoise">, cards: Cards): Resolved<DenoiseSettings> {
  const chosen = chooseNetwork("denoise", options, cards);
  const settings = resolveDenoise(options, chosen.card);
  expectKnown("denoise", cards);
  return { ...chosen, settings };
}

export interface LoadedNetwork extends ChosenNetwork, Pick<Model, "version" | "denoiser"> {}

/** `chosen`: one of the two networks of this model. */
export async function loadNetwork({ version, denoiser, teacher }: Model, chosen: ChosenNetwork): Promise<LoadedNetwork> {
  return { ...chosen, version, denoiser: chosen.drawnBy === "teacher" && teacher ? await teacher.denoiser() : denoiser };
}

/** Throws `OptionError` for what a student without its teacher was not taught. (`resolve` checks its step counts.) */
function expectKnown(operation: Operation, cards: Cards, settings?: Settings): void {
  if (!isAlone(cards)) return;
  const { sampler } = cards.card.sampling;
  if (operation !== "sample" || !settings) throw needsTeacher("image", "no image", "one");
  if (settings.sampler !== sampler) throw needsTeacher("sampler", sampler, settings.sampler);
  if (settings.guidance !== 1) throw needsTeacher("guidance", "1", settings.guidance);
}

const needsTeacher = (option: string, known: string, received: unknown): OptionError =>
  new OptionError("invalid-value", option, `${known}, as this model has no teacher,`, received);
