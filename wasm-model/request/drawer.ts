/** Which file of a model draws a request: in a model of two (model/pair.ts), the student what it knows, the teacher all else. */
import type { ModelCard } from "../model/card.ts";
import { OPTION_VALUES, type Operation, type OptionsOf } from "./options.ts";
import { type DrawingOperation, resolve, type Settings } from "./resolve.ts";

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

export interface ResolvedRequest extends Drawer {
  readonly settings: Settings;
}

/** The file that draws a request, and the request's settings with its card. Throws `OptionError` as `resolve` does. */
export function resolveFor<O extends DrawingOperation>(operation: O, options: OptionsOf<O>, cards: Cards): ResolvedRequest {
  const drawer = drawerOf(operation, options, cards);
  return { ...drawer, settings: resolve(operation, options, drawer.card) };
}
