/** Your pictures as one state: what there is, and what is to be done when it changes. It needs no host. */
import { type PictureClass, type PictureSet, picturesOf } from "./picture-set.ts";
import type { Begin, Outcome, RunProgress, RunRecord } from "./protocol.ts";
import { type Kept, NOTHING } from "./store.ts";

export type Phase =
  /** It becomes the owner of what is kept, and reads it. */
  | { readonly name: "opening" }
  /** Another tab is the owner. */
  | { readonly name: "elsewhere" }
  /** Files that were chosen are read: so many of all. Those that are in no folder are for the group with the key `into`. */
  | { readonly name: "reading"; readonly into: string | undefined; readonly done?: number; readonly of?: number }
  /** Nothing happens until the visitor does something. */
  | { readonly name: "open" }
  | { readonly name: "learning"; readonly isPaused: boolean }
  /** It cools down, since the visitor has stopped it, or makes its files. */
  | { readonly name: "finishing" }
  /** A run is kept that no thread has. */
  | { readonly name: "halted" };

export interface State extends Kept {
  readonly phase: Phase;
  /** Whether all that is shown is kept. */
  readonly isKept: boolean;
  /** What was removed last, and the set before. */
  readonly removed?: { readonly what: string; readonly before: PictureSet } | undefined;
  /** The model that was there before, until the page is left. */
  readonly previous?: Required<Pick<Kept, "model" | "wall">> | undefined;
  readonly progress: RunProgress;
  /** What has come of a run, and what is wrong. */
  readonly status: string;
  readonly problem: string;
}

export const NO_PROGRESS: RunProgress = { step: 0, steps: 1, batch: 1, isKept: false, sheet: [] };

export const INITIAL: State = {
  ...NOTHING,
  phase: { name: "opening" },
  isKept: true,
  progress: NO_PROGRESS,
  status: "",
  problem: "",
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
  /** Reads at most so many pictures. Files that are in no folder are of the group with the name `other`. */
  | { readonly type: "load"; readonly source: unknown; readonly room: number; readonly other: string }
  | { readonly type: "start"; readonly set: PictureSet; readonly run: RunRecord; readonly begin: Begin | undefined }
  | { readonly type: "pause"; readonly isPaused: boolean }
  /** `end`: at once. */
  | { readonly type: "stop" | "end" };

export const isIn =
  (...names: Phase["name"][]) =>
  ({ phase }: Pick<State, "phase">): boolean =>
    names.includes(phase.name);

export const isRun = isIn("learning", "finishing", "halted");
export const hasPictures = ({ set }: Pick<State, "set">): boolean => picturesOf(set).length > 0;
export const isPaused = ({ phase }: State): boolean => phase.name === "learning" && phase.isPaused;

/** Why the visitor's wish cannot be fulfilled in a phase, and when it can; there is always a reason but in `open`. */
export const REFUSALS: Readonly<Record<Phase["name"], string>> = {
  opening: "Wait until the pictures are read.",
  reading: "Wait until the pictures are read.",
  elsewhere: "Open in another tab.",
  learning: "Stop the training first: then you can choose other pictures.",
  halted: "Go on, or give up this run first: then you can choose other pictures.",
  finishing: "You can choose other pictures as soon as your model is ready.",
  open: "",
};

/** What the page says where there is no room, or where the browser keeps nothing. */
export const NOT_KEPT = "This device has no room: save your model before you close this page.";
