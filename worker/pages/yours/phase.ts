/** The phases of the page, and what a visitor may do in each. */
import type { Outcome, ToLearner } from "./protocol.ts";

export type Phase =
  /** `reading`: files that were chosen, or what was kept. `finishing`: a run makes its files. */
  | { readonly name: "no pictures" | "pictures" | "reading" | "finishing" }
  | { readonly name: "learning"; readonly tell: (message: ToLearner) => void; readonly isPaused: boolean; readonly isStopped: boolean }
  | { readonly name: "done"; readonly outcome: Outcome };

const ALLOWED = {
  choose: ["no pictures", "pictures", "done"],
  "try the example": ["no pictures"],
  train: ["pictures", "done"],
  "learn more": ["done"],
  pause: ["learning"],
  stop: ["learning"],
} as const satisfies Readonly<Record<string, readonly Phase["name"][]>>;

export type Action = keyof typeof ALLOWED;

export const allows = (phase: Phase, action: Action): boolean =>
  (ALLOWED[action] as readonly Phase["name"][]).includes(phase.name) &&
  !(action === "stop" && phase.name === "learning" && phase.isStopped);

/** Why pictures cannot be chosen now. */
export function whyNotChoose({ name }: Phase): string {
  if (name === "reading") return "Wait until the pictures are read.";
  if (name === "finishing") return "Wait until the model is finished.";
  return "Stop the training first: it needs its pictures.";
}
