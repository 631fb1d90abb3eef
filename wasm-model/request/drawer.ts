/** Which file of a model draws a request: in a model of two (model/pair.ts), the student what it knows, the teacher all else. */
import type { ModelCard } from "../model/card.ts";
import { OptionError } from "./option-error.ts";
import { OPTION_VALUES, type Operation, type OptionsOf } from "./options.ts";
import { type DenoiseSettings, type DrawingOperation, resolve, resolveDenoise, type Settings } from "./resolve.ts";

/** The cards of a model. */
export interface Cards {
  /** Of `model.onnx`. */
  readonly card: ModelCard;
  /** Of `teacher.onnx`, where there is one. */
  readonly teacher?: { readonly card: ModelCard } | undefined;
}

export type DrawnBy = "student" | "teacher";

export interface Drawer {
  /** Of the file that draws. */
  readonly card: ModelCard;
  /** Absent for a model of one file. */
  readonly drawnBy?: DrawnBy | undefined;
}

type Options = Partial<OptionsOf<"vary">>;

/**
 * The file that draws a request, which need not be valid. A student draws images from noise, by its own sampler, in the numbers of steps that it was trained for,
 * without guidance. Everything else begins at other noise levels, or asks the network what the student was not taught.
 */
export function drawerOf(operation: Operation, { steps, sampler, guidance }: Options, { card, teacher }: Cards): Drawer {
  if (!teacher) return { card };
  const { sampling } = card;
  const knows =
    operation === "sample" &&
    (sampler ?? sampling.sampler) === sampling.sampler &&
    sampling.allowedSteps?.includes(numberOf(steps ?? sampling.steps)) &&
    numberOf(guidance ?? OPTION_VALUES.guidance.default) === 1;
  return knows ? { card, drawnBy: "student" } : { card: teacher.card, drawnBy: "teacher" };
}

/** NaN for what is neither a number nor text, which `resolve` refuses. */
const numberOf = (value: unknown): number => (typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN);

export interface Resolved<S> extends Drawer {
  readonly settings: S;
}

export type ResolvedRequest = Resolved<Settings>;

/**
 * The file that draws a request, and the request's settings with its card. Throws `OptionError` as `resolve` does, and for what a student that is alone leaves to
 * its teacher.
 */
export function resolveFor<O extends DrawingOperation>(operation: O, options: OptionsOf<O>, cards: Cards): ResolvedRequest {
  const drawer = drawerOf(operation, options, cards);
  const settings = resolve(operation, options, drawer.card);
  if (isAlone(cards)) expectKnown(operation, settings, cards.card);
  return { ...drawer, settings };
}

/** The same of a request to take the noise out of a picture. */
export function resolveDenoiseFor(options: OptionsOf<"denoise">, cards: Cards): Resolved<DenoiseSettings> {
  const drawer = drawerOf("denoise", options, cards);
  const settings = resolveDenoise(options, drawer.card);
  if (isAlone(cards)) throw needsTeacher("image", "no picture", "one");
  return { ...drawer, settings };
}

/** Whether a student's teacher is missing. Its own card says that it knows only some numbers of steps. */
export const isAlone = ({ card, teacher }: Cards): boolean => card.sampling.allowedSteps !== undefined && !teacher;

/** Throws `OptionError` for what a student was not taught, but for the numbers of steps, which `resolve` has checked. */
function expectKnown(operation: DrawingOperation, { sampler, guidance }: Settings, { sampling }: ModelCard): void {
  if (operation !== "sample") throw needsTeacher("image", "no picture", "one");
  if (sampler !== sampling.sampler) throw needsTeacher("sampler", sampling.sampler, sampler);
  if (guidance !== 1) throw needsTeacher("guidance", "1", guidance);
}

const needsTeacher = (option: string, known: string, received: unknown): OptionError =>
  new OptionError("invalid-value", option, `${known}, since this model is a student without its teacher,`, received);
