/** Your pictures as one state: what there is, and what is to be done when it changes. It needs no host. */
import type { Drawing } from "../shared/strokes.ts";
import { type PictureClass, type PictureSet, picturesOf } from "./picture-set.ts";
import type { Begin, Outcome, RunProgress, RunRecord } from "./protocol.ts";
import { type Kept, NOTHING } from "./store.ts";

export type Phase =
  /** It becomes the owner of what is kept, and reads it. */
  | { readonly name: "opening" }
  /** Another tab is the owner. */
  | { readonly name: "elsewhere" }
  /** Files that were chosen are read: so many of all. Those that are in no folder are of the class with the key `into`. */
  | { readonly name: "reading"; readonly into: string | undefined; readonly done?: number; readonly of?: number }
  /** Nothing happens until the visitor does something. */
  | { readonly name: "open" }
  | { readonly name: "learning"; readonly isPaused: boolean }
  /** `stopping`: it cools down, since the visitor has stopped it. `finishing`: it makes its files. */
  | { readonly name: "stopping" | "finishing" }
  /** A run is kept that no thread has. */
  | { readonly name: "halted" };

export interface State extends Kept {
  readonly phase: Phase;
  /** Whether all that is shown is kept. */
  readonly isKept: boolean;
  /** What was removed last, and the set before, the newest last. */
  readonly removals: readonly { readonly what: string; readonly before: PictureSet }[];
  /** The model that was there before, until the page is left. */
  readonly previous?: Required<Pick<Kept, "model" | "wall">> | undefined;
  /** How many pictures of a class are shown, by its key, if not the first SHOWN_AT_ONCE. */
  readonly shown: Readonly<Record<string, number>>;
  /** What the model draws: by which words, and from which sketch. */
  readonly wish: DrawWish;
  readonly progress: RunProgress;
  /** What has come of a run; what is wrong; and why the visitor's last wish cannot be fulfilled in this phase. */
  readonly status: string;
  readonly problem: string;
  readonly refusal: string;
}

export interface DrawWish {
  readonly seed: string;
  /** A class of the model; empty for any. */
  readonly label: string;
  readonly strokes: Drawing["strokes"];
}

/** Pictures of a class that are shown first; each “Show more” shows four times as many. */
export const SHOWN_AT_ONCE = 60;

export const NO_PROGRESS: RunProgress = { step: 0, steps: 1, batch: 1, isMore: false, isFromRounded: false, isKept: false, sheet: [] };

export const INITIAL: State = {
  ...NOTHING,
  phase: { name: "opening" },
  isKept: true,
  removals: [],
  shown: {},
  wish: { seed: "alice", label: "", strokes: [] },
  progress: NO_PROGRESS,
  status: "",
  problem: "",
  refusal: "",
};

/** Pictures that were read, in classes that may be there already, and why others were not. */
export interface Loaded {
  readonly name?: string | undefined;
  readonly isExample: boolean;
  readonly classes: readonly PictureClass[];
  /** A model that was opened. */
  readonly model?: Outcome | undefined;
  readonly refusals: readonly string[];
}

export type Effect =
  /** `isAsked`: also if another tab has what is kept. */
  | { readonly type: "open"; readonly isAsked: boolean }
  /** Keeps what there is, and lets another tab have it. */
  | { readonly type: "let go" }
  /** Takes up what other pages have left. */
  | { readonly type: "collect" }
  /** Reads at most so many pictures. Files that are in no folder are of the class with the name `other`. */
  | { readonly type: "load"; readonly source: unknown; readonly room: number; readonly other: string }
  | { readonly type: "start"; readonly set: PictureSet; readonly run: RunRecord; readonly begin: Begin | undefined }
  | { readonly type: "pause"; readonly isPaused: boolean }
  /** `keep`: the thread keeps what a page that is left would lose. `end`: at once. */
  | { readonly type: "keep" | "stop" | "end" }
  | { readonly type: "rename"; readonly outcome: Outcome; readonly name: string };

export const isIn =
  (...names: Phase["name"][]) =>
  ({ phase }: Pick<State, "phase">): boolean =>
    names.includes(phase.name);

export const isRun = isIn("learning", "stopping", "finishing", "halted");
export const hasPictures = ({ set }: Pick<State, "set">): boolean => picturesOf(set).length > 0;
export const isPaused = ({ phase }: State): boolean => phase.name === "learning" && phase.isPaused;

/** What a change of the pictures does to a run, or why there can be none now. */
export function effectOfChange(state: State): string {
  switch (state.phase.name) {
    case "opening":
    case "reading":
      return "Wait until the pictures are read.";
    case "elsewhere":
      return "Open in another tab.";
    case "learning":
      return "Pictures and class names stay as they are while it learns. To change them, stop the training first.";
    case "halted":
      return "Pictures and class names stay as they are as long as there is this run. To change them, give it up first.";
    case "stopping":
    case "finishing":
      return "Wait until the model is finished.";
    case "open":
      if (!hasPictures(state)) return "";
      if (!state.model) return "Press a picture to leave it out.";
      return "Your model stays as it is. What you add, leave out or rename here is for the next run: “Learn more” goes on from your model, whose images can look worse at first; “Train anew” does not. A class with another name is a new one.";
  }
}

/** What the page says where there is no room, or where the browser keeps nothing. */
export const NOT_KEPT = "This device has no room to keep what you see: it is here until you close this page. Save the files of your model.";
