/** The phases of the page, and what a visitor may do in each. */
import type { Outcome } from "./protocol.ts";
import type { Run } from "./threads.ts";

export type Phase =
  /** `reading`: files that were chosen, or what was kept. `another learns`: in another tab. */
  | { readonly name: "no pictures" | "pictures" | "reading" | "another learns" }
  | { readonly name: "learning"; readonly run: Run; readonly isPaused: boolean }
  /** `stopping`: it cools down, since the visitor has stopped it. `finishing`: it makes its files. */
  | { readonly name: "stopping" | "finishing"; readonly run: Run }
  | { readonly name: "done"; readonly outcome: Outcome };

const ALLOWED = {
  choose: ["no pictures", "pictures", "done"],
  "try the example": ["no pictures"],
  train: ["pictures", "done"],
  "learn more": ["done"],
  "exchange models": ["no pictures", "done"],
  pause: ["learning"],
  stop: ["learning"],
  "leave the run": ["learning", "stopping", "finishing"],
} as const satisfies Readonly<Record<string, readonly Phase["name"][]>>;

export type Action = keyof typeof ALLOWED;

export const allows = ({ name }: Phase, action: Action): boolean => (ALLOWED[action] as readonly Phase["name"][]).includes(name);

/** What a change of the pictures does to a run, or why there can be none now. */
export function effectOfChange({ name }: Phase): string {
  switch (name) {
    case "reading":
      return "Wait until the pictures are read.";
    case "another learns":
      return "Another tab is learning. You can go on here when it is done.";
    case "learning":
      return "Pictures and class names stay as they are while it learns. To change them, stop the training first.";
    case "stopping":
    case "finishing":
      return "Wait until the model is finished.";
    case "done":
      return "Your model stays as it is. What you add, leave out or rename here is for the next run: “Learn more” goes on from your model, whose images can look worse at first; “Train anew” does not. A class with another name is a new one.";
    case "pictures":
      return "Press a picture to leave it out.";
    case "no pictures":
      return "";
  }
}
