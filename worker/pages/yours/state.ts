/** Your pictures as one state: what there is, what can happen, what follows, and what a visitor may do. It needs no host. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { NO_PICTURES, type PictureClass, type PictureSet, type Removal } from "./picture-set.ts";
import type { Begin, Crop, LearnerProgress, LearnerResult, Outcome, RunProgress } from "./protocol.ts";
import type { ChangeResult, Kept, Opened, StoreChange, Wall } from "./store.ts";

export type Phase =
  /** `opening`: what is kept is being read. `starting`: it is asked whether another tab learns. */
  | { readonly name: "opening" | "starting" }
  /** Files that were chosen are read, for the class with the key `into` if they are in no folder. */
  | { readonly name: "reading"; readonly into: string | undefined }
  /** Nothing happens until the visitor does something. */
  | { readonly name: "open" }
  | { readonly name: "learning"; readonly isPaused: boolean }
  /** `stopping`: it cools down, since the visitor has stopped it. `finishing`: it makes its files. */
  | { readonly name: "stopping" | "finishing" }
  /** A run is kept that no thread has. */
  | { readonly name: "halted" }
  /** Another tab learns. */
  | { readonly name: "elsewhere" };

export interface State extends Kept {
  readonly phase: Phase;
  /** What was removed last and can be brought back, the newest last. */
  readonly removals: readonly Removal[];
  readonly progress: RunProgress;
  /** What the network draws now. */
  readonly sheet: readonly Pixels[];
  /** What happens; what is wrong; and why the visitor's last wish cannot be fulfilled in this phase. */
  readonly status: string;
  readonly problem: string;
  readonly refusal: string;
  /** Files that are read, of all that were chosen. */
  readonly filesRead?: { readonly done: number; readonly of: number } | undefined;
  /** Whether another tab may have changed what is kept since it was read. */
  readonly isStale: boolean;
  /** Whether all that is shown is kept. Where there is no room for it, nothing is read anew. */
  readonly isWhole: boolean;
}

export const NO_PROGRESS: RunProgress = { step: 0, steps: 1, batch: 1, isMore: false };

export const INITIAL: State = {
  phase: { name: "opening" },
  set: NO_PICTURES,
  models: [],
  shown: "",
  walls: {},
  removals: [],
  progress: NO_PROGRESS,
  sheet: [],
  status: "",
  problem: "",
  refusal: "",
  isStale: false,
  isWhole: true,
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

/** `source`: what the host reads pictures from. Files that are in no folder are of the class `into`, if there is one. */
export type Event =
  /** Of the visitor. */
  | { readonly type: "choose"; readonly source: unknown; readonly into?: string | undefined }
  | { readonly type: "remove"; readonly key: string }
  | { readonly type: "add class"; readonly key: string }
  | { readonly type: "rename class"; readonly key: string; readonly name: string }
  | { readonly type: "crop"; readonly crop: Crop }
  | { readonly type: "train"; readonly begin: Begin }
  | { readonly type: "rename"; readonly name: string }
  | { readonly type: "wall"; readonly wall: Wall }
  | { readonly type: "undo" | "learn more" | "pause" | "go on" | "stop" | "give up" | "exchange" | "forget" }
  /** Of the host. */
  | { readonly type: "opened"; readonly opened: Opened; readonly isElsewhere: boolean }
  | { readonly type: "files read"; readonly done: number; readonly of: number }
  | { readonly type: "loaded"; readonly loaded: Loaded }
  | { readonly type: "unread"; readonly sentence: string }
  | { readonly type: "kept"; readonly change: StoreChange; readonly kept: ChangeResult }
  | { readonly type: "renamed"; readonly outcome: Outcome | undefined }
  | { readonly type: "started"; readonly kept: Kept }
  | { readonly type: "changed" | "taken" | "free" }
  /** Of the learner. */
  | { readonly type: "progress"; readonly progress: LearnerProgress }
  | LearnerResult;

export type Effect =
  | { readonly type: "open" }
  /** Reads at most so many pictures. Files that are in no folder are of the class with the name `other`. */
  | { readonly type: "load"; readonly source: unknown; readonly room: number; readonly other: string }
  | { readonly type: "keep"; readonly change: StoreChange }
  | { readonly type: "start"; readonly set: PictureSet; readonly begin: Begin | undefined }
  | { readonly type: "pause"; readonly isPaused: boolean }
  | { readonly type: "stop" }
  /** Ends the run. No other tab learns before the change is kept. */
  | { readonly type: "end"; readonly change: StoreChange }
  | { readonly type: "rename"; readonly outcome: Outcome; readonly name: string }
  /** Until no tab learns. */
  | { readonly type: "wait" };

/** The most pictures of a run: with so many the page has 300 MB before it trains. The most of which there is a large one: 26 MB. */
export const [MOST, MOST_LARGE] = [5000, 200];
export const isRun = ({ phase }: Pick<State, "phase">): boolean => ["learning", "stopping", "finishing", "halted"].includes(phase.name);
export const hasPictures = ({ set }: Pick<State, "set">): boolean => set.classes.some(({ pictures }) => pictures.length > 0);
export const shownModel = ({ models, shown }: Pick<State, "models" | "shown">): Outcome | undefined =>
  models.find(({ key }) => key === shown) ?? models.at(-1);

export const wallOf = ({ walls }: Pick<State, "walls">, { key }: Outcome): Wall => walls[key] ?? { first: 1, chosen: [] };

const isOpen = ({ phase }: State): boolean => phase.name === "open";
export const isPaused = ({ phase }: State): boolean => phase.name === "learning" && phase.isPaused;

const has = (state: State): boolean => isOpen(state) && hasPictures(state);
const hasModel = (state: State): boolean => isOpen(state) && state.models.length > 0;

/** When the visitor may do something. What is not allowed has no button. */
const ALLOWED: { readonly [T in Event["type"]]?: (state: State) => boolean } = {
  choose: isOpen,
  remove: isOpen,
  undo: isOpen,
  "add class": isOpen,
  "rename class": isOpen,
  crop: isOpen,
  train: has,
  "learn more": (state) => has(state) && hasModel(state),
  exchange: (state) => isOpen(state) && state.models.length > 1,
  rename: hasModel,
  forget: hasModel,
  wall: hasModel,
  pause: (state) => state.phase.name === "learning" && !isPaused(state),
  "go on": (state) => isPaused(state) || state.phase.name === "halted",
  stop: ({ phase }) => phase.name === "learning",
  "give up": isRun,
};

export const allows = (state: State, type: Event["type"]): boolean => ALLOWED[type]?.(state) ?? true;

/** What a change of the pictures does to a run, or why there can be none now. */
export function effectOfChange(state: State): string {
  switch (state.phase.name) {
    case "opening":
    case "reading":
      return "Wait until the pictures are read.";
    case "starting":
      return "";
    case "elsewhere":
      return "Another tab is learning. You can go on here when it is done.";
    case "learning":
      return "Pictures and class names stay as they are while it learns. To change them, stop the training first.";
    case "halted":
      return "Pictures and class names stay as they are as long as there is this run. To change them, give it up first.";
    case "stopping":
    case "finishing":
      return "Wait until the model is finished.";
    case "open":
      if (!hasPictures(state)) return "";
      if (state.models.length === 0) return "Press a picture to leave it out.";
      return "Your model stays as it is. What you add, leave out or rename here is for the next run: “Learn more” goes on from your model, whose images can look worse at first; “Train anew” does not. A class with another name is a new one.";
  }
}
