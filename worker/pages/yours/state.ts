/**
 * Your pictures as a reducer: what the visitor, the learner, other tabs and what is kept do to the page's state, and which
 * effects follow. It needs no host; `machine.ts` has the effects happen.
 */
import { evenlyChosen } from "../../../training/data/large.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import {
  type Edit,
  edited,
  faultOf,
  type Insertion,
  keysIn,
  NO_NAME,
  NO_PICTURES,
  newName,
  type PictureClass,
  type PictureSet,
  picturesOf,
  type Removal,
  removalOf,
} from "./picture-set.ts";
import type { Begin, Crop, LearnerProgress, LearnerResult, Outcome, Picture, Wishes } from "./protocol.ts";
import type { ChangeResult, Opened, StoreChange, Wall, Walls } from "./store.ts";

export type Phase =
  /** `opening`: what is kept is being read. `starting`: it is asked whether another tab learns. */
  | { readonly name: "opening" | "starting" }
  /** Files that were chosen are read, for the class with the key `into` if they are in no folder. */
  | { readonly name: "reading"; readonly into: string | undefined }
  /** Nothing happens until the visitor does something. */
  | { readonly name: "open" }
  | { readonly name: "learning"; readonly paused?: "by the visitor" | "out of sight" | undefined }
  /** `stopping`: it cools down, since the visitor has stopped it. `finishing`: it makes its files. */
  | { readonly name: "stopping" | "finishing" }
  /** A run is kept that no thread has. */
  | { readonly name: "halted" }
  /** Another tab learns. */
  | { readonly name: "elsewhere" };

/** Of the run that is on its way, or the last one. */
export interface RunProgress {
  readonly step: number;
  readonly steps: number;
  readonly batch: number;
  readonly isMore: boolean;
  readonly imagesPerSecond?: number | undefined;
  /** The step that its cool-down began at. */
  readonly coolingFrom?: number | undefined;
  /** The share of a download that is done. */
  readonly download?: number | undefined;
  /** What it does after its last step. */
  readonly work?: { readonly what: string; readonly share: number; readonly secondsLeft: number } | undefined;
}

export interface State {
  readonly phase: Phase;
  readonly set: PictureSet;
  /** What was removed last and can be brought back, the newest last. */
  readonly removals: readonly Removal[];
  /** The last models, mostly two at most, the newer last, and the key of the one that is shown. */
  readonly models: readonly Outcome[];
  readonly shown: string;
  readonly walls: Walls;
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
  readonly isHidden: boolean;
  /** Whether all that is shown is kept. Where there is no room for it, nothing is read anew. */
  readonly isWhole: boolean;
}

const NO_PROGRESS: RunProgress = { step: 0, steps: 1, batch: 1, isMore: false };

export const INITIAL: State = {
  ...{ phase: { name: "opening" }, set: NO_PICTURES, removals: [], models: [], shown: "", walls: {}, progress: NO_PROGRESS, sheet: [] },
  ...{ status: "", problem: "", refusal: "", isStale: false, isHidden: false, isWhole: true },
};

/** Pictures that were read, in classes that may be there already, and why others were not. */
export interface Loaded {
  readonly name?: string | undefined;
  readonly isExample: boolean;
  readonly classes: readonly PictureClass[];
  /** Models that were opened. */
  readonly models?: readonly Outcome[];
  readonly refusals: readonly string[];
}

/** `source`: what the host reads pictures from. */
export type Event<Source = unknown> =
  /** Of the visitor. */
  | { readonly type: "choose"; readonly source: Source; readonly into?: string | undefined }
  | { readonly type: "remove"; readonly key: string }
  | { readonly type: "add class"; readonly key: string }
  | { readonly type: "rename class"; readonly key: string; readonly name: string }
  | { readonly type: "crop"; readonly crop: Crop }
  | { readonly type: "train"; readonly wishes: Wishes; readonly from?: Blob | undefined }
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
  | { readonly type: "visibility"; readonly isHidden: boolean }
  | { readonly type: "started"; readonly set: PictureSet }
  | { readonly type: "changed" | "taken" | "free" }
  /** Of the learner. */
  | { readonly type: "progress"; readonly progress: LearnerProgress }
  | LearnerResult;

export type Effect<Source = unknown> =
  | { readonly type: "open" }
  /** Reads at most so many pictures. Files that are in no folder are of the class with the name `other`. */
  | { readonly type: "load"; readonly source: Source; readonly room: number; readonly other: string }
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
/** Seconds that an early cool-down takes at most. */
const LONGEST_STOP = 15;

export const isRun = ({ phase }: Pick<State, "phase">): boolean => ["learning", "stopping", "finishing", "halted"].includes(phase.name);
export const hasPictures = ({ set }: Pick<State, "set">): boolean => set.classes.some(({ pictures }) => pictures.length > 0);
export const shownModel = ({ models, shown }: Pick<State, "models" | "shown">): Outcome | undefined =>
  models.find(({ key }) => key === shown) ?? models.at(-1);

export const wallOf = ({ walls }: Pick<State, "walls">, { key }: Outcome): Wall => walls[key] ?? { first: 1, chosen: [] };

const isOpen = ({ phase }: State): boolean => phase.name === "open";
const isPaused = ({ phase }: State): boolean => phase.name === "learning" && phase.paused !== undefined;

/** What a visitor may do. What is not allowed has no button. */
const ALLOWED = {
  choose: isOpen,
  "try the example": (state) => isOpen(state) && !hasPictures(state),
  train: (state) => isOpen(state) && hasPictures(state),
  "learn more": (state) => isOpen(state) && hasPictures(state) && state.models.length > 0,
  exchange: (state) => isOpen(state) && state.models.length > 1,
  "change the model": (state) => isOpen(state) && state.models.length > 0,
  pause: (state) => state.phase.name === "learning" && !isPaused(state),
  "go on": (state) => isPaused(state) || state.phase.name === "halted",
  stop: ({ phase }) => phase.name === "learning",
  "give up": isRun,
} as const satisfies Readonly<Record<string, (state: State) => boolean>>;

export type Action = keyof typeof ALLOWED;

export const allows = (state: State, action: Action): boolean => ALLOWED[action](state);

/** What each wish of the visitor needs. */
const NEEDED: Readonly<Partial<Record<Event["type"], Action>>> = {
  ...{ choose: "choose", remove: "choose", undo: "choose", "add class": "choose", "rename class": "choose", crop: "choose" },
  ...{
    train: "train",
    "learn more": "learn more",
    exchange: "exchange",
    rename: "change the model",
    forget: "change the model",
    wall: "change the model",
  },
  ...{ pause: "pause", "go on": "go on", stop: "stop", "give up": "give up" },
};

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

type Next<S> = readonly [State, ...Effect<S>[]];

/** The state after an event, and what is to be done then. An event that its phase does not allow changes nothing. */
export function reduce<S>(state: State, event: Event<S>): Next<S> {
  const needed = NEEDED[event.type];
  if (needed && !allows(state, needed)) return [{ ...state, refusal: effectOfChange(state) }];
  const [next, ...effects] = after(state, event);
  const { phase, isStale, isHidden, isWhole } = next;
  if (isStale && isWhole && !isHidden && (phase.name === "open" || phase.name === "halted")) return opening(next, ...effects);
  return [phase.name === state.phase.name ? next : { ...next, refusal: "" }, ...effects];
}

const opening = <S>(state: State, ...before: Effect<S>[]): Next<S> => [
  { ...state, phase: { name: "opening" }, refusal: "", isStale: false },
  ...before,
  { type: "open" },
];

const OPEN: Phase = { name: "open" };
const WAITS = "A run waits. What it has learned is kept on this device.";

function after<S>(state: State, event: Event<S>): Next<S> {
  const { phase, set, models } = state;
  switch (event.type) {
    case "choose": {
      const { source, into } = event;
      const other = set.classes.find(({ key }) => key === into) ?? (set.isExample ? undefined : set.classes[0]);
      const room = MOST - (makesWay(set, into) ? 0 : picturesOf(set).length);
      const next: State = { ...state, phase: { name: "reading", into }, ...SILENT };
      return [next, { type: "load", source, room, other: other?.name ?? NO_NAME }];
    }
    case "files read":
      return [{ ...state, filesRead: event }];
    case "loaded":
      if (phase.name !== "reading") return [state];
      return added(state, event.loaded, phase.into);
    case "unread":
      return [{ ...state, phase: OPEN, filesRead: undefined, problem: event.sentence }];
    case "remove": {
      const removal = removalOf(set, event.key);
      return removal ? change(state, removal.edit, { removals: [...state.removals, removal] }) : [state];
    }
    case "undo": {
      const removal = state.removals.at(-1);
      return removal ? change(state, removal.undo, { removals: state.removals.slice(0, -1) }) : [state];
    }
    case "add class":
      return change(state, { inserted: [{ into: { key: event.key, name: newName(set.classes) }, pictures: [] }] });
    case "rename class":
      return change(state, { renamed: event });
    case "crop":
      return event.crop === set.crop ? [state] : change(state, { crop: event.crop });

    case "train":
    case "learn more": {
      const problem = faultOf(set);
      if (problem) return [{ ...state, problem }];
      const next: State = { ...state, phase: { name: "starting" }, ...SILENT };
      if (event.type === "train") return [next, { type: "start", set, begin: event }];
      const { fp32, seed, name: model } = shownModel(state)!;
      const begin = { wishes: { images: undefined, seed: `${seed}, more` }, from: new Blob([fp32]), model };
      return [next, { type: "start", set, begin }];
    }
    case "started": {
      const next: State = { ...state, phase: { name: "learning" }, set: event.set, progress: NO_PROGRESS, sheet: [] };
      return state.isHidden ? paused(next, "out of sight") : [{ ...next, status: "Loading what training needs." }];
    }
    case "taken":
      return [{ ...state, phase: { name: "elsewhere" }, status: "" }, { type: "wait" }];
    case "free":
      return state.isWhole ? opening(state) : [{ ...state, phase: OPEN }];
    case "pause":
      return [...paused<S>(state, "by the visitor"), { type: "keep", change: { run: { isPaused: true } } }];
    case "go on":
      if (phase.name === "halted")
        return [
          { ...state, phase: { name: "starting" }, ...SILENT },
          { type: "start", set, begin: undefined },
        ];
      return [...goingOn<S>(state, "It learns."), { type: "keep", change: { run: { isPaused: false } } }];
    case "visibility": {
      const next = { ...state, isHidden: event.isHidden };
      if (event.isHidden && allows(state, "pause")) return paused(next, "out of sight");
      const isBack = !event.isHidden && phase.name === "learning" && phase.paused === "out of sight";
      return isBack ? goingOn(next, "It learns again. It had paused while this tab was hidden.") : [next];
    }
    case "stop": {
      const work = { what: "Last steps", share: 0, secondsLeft: LONGEST_STOP };
      const status = "Its steps become smaller and smaller. Then it makes its files.";
      return [{ ...state, phase: { name: "stopping" }, status, progress: { ...state.progress, work } }, { type: "stop" }];
    }
    case "give up":
      return [
        { ...state, phase: OPEN, ...SILENT },
        { type: "end", change: { run: "gone" } },
      ];
    case "progress":
      return isRun(state) ? [learning(state, event.progress)] : [state];
    case "finished": {
      const { step, batch, isMore } = state.progress;
      const status = `Done after ${(step * batch).toLocaleString("en")} ${isMore ? "more " : ""}looks at your pictures.`;
      const [next, models] = withModel(state, event.outcome);
      return [
        { ...next, phase: OPEN, status },
        { type: "end", change: { run: "gone", models } },
      ];
    }
    case "failed": {
      const next: State = { ...state, phase: OPEN, status: "", problem: event.sentence };
      if (event.leadsNowhere || !state.isWhole) return [next, { type: "end", change: { run: "gone" } }];
      return opening(next, { type: "end", change: { run: { isPaused: true } } });
    }

    case "opened": {
      const { opened, isElsewhere } = event;
      const { run, isForgotten } = opened;
      const { set, models, shown, walls } = state.isWhole ? opened : state; // there may have been no room meanwhile
      const next: State = { ...state, set, models, shown, walls, removals: [], problem: isForgotten ? FORGOTTEN : state.problem };
      if (isElsewhere) return [{ ...next, phase: { name: "elsewhere" }, status: "" }, { type: "wait" }];
      if (run && !run.isKept)
        return [
          { ...next, phase: OPEN },
          { type: "keep", change: { run: "gone" } },
        ];
      if (run?.isPaused) return [{ ...next, phase: { name: "halted" }, status: WAITS }];
      if (run)
        return [
          { ...next, phase: { name: "starting" } },
          { type: "start", set, begin: undefined },
        ];
      return [{ ...next, phase: OPEN, status: isRun(state) ? "" : state.status }];
    }
    case "changed":
      return [{ ...state, isStale: true }];
    case "kept":
      return [afterKeeping(state, event.change, event.kept)];

    case "exchange": {
      const shown = models[(models.indexOf(shownModel(state)!) + 1) % models.length].key;
      return kept({ ...state, ...SILENT, shown }, [], []);
    }
    case "forget": {
      const gone = shownModel(state)!.key;
      const left = models.filter(({ key }) => key !== gone);
      return kept({ ...state, ...SILENT, models: left, shown: left.at(-1)?.key ?? "" }, [], [gone]);
    }
    case "wall": {
      const { key } = shownModel(state)!;
      return kept({ ...state, walls: { ...state.walls, [key]: event.wall } }, [], []);
    }
    case "rename":
      return [state, { type: "rename", outcome: shownModel(state)!, name: event.name }];
    case "renamed": {
      const { outcome } = event;
      if (!outcome) return [{ ...state, problem: "The model keeps its name: what gives it another cannot be loaded now." }];
      return kept({ ...state, models: models.map((one) => (one.key === outcome.key ? outcome : one)) }, [outcome], []);
    }
  }
}

const FORGOTTEN = "What an earlier version of this page kept on this device cannot be read any more. It was deleted.";
/** Nothing of what was said before, and no way back to what was removed. */
const SILENT = { status: "", problem: "", removals: [], filesRead: undefined } as const;

/** Whether new pictures come in place of the example's. */
const makesWay = (set: PictureSet, into: string | undefined): boolean => set.isExample && into === undefined;

function change<S>(state: State, edit: Edit, also: Partial<State> = {}): Next<S> {
  return [
    { ...state, ...SILENT, ...also, set: edited(state.set, edit) },
    { type: "keep", change: { edit } },
  ];
}

/** With what was read: pictures, and at most one model. */
function added<S>(state: State, loaded: Loaded, into: string | undefined): Next<S> {
  const { classes, models: [model] = [], refusals } = loaded; // biome-ignore format: short
  const said = { phase: OPEN, problem: refusals.join("\n") };
  const [next, models] = model ? withModel(state, model) : [state, undefined];
  if (classes.length === 0) return [{ ...next, ...SILENT, ...said }, ...(models ? [{ type: "keep", change: { models } } as const] : [])];
  const edit = additionOf(state.set, loaded, into);
  return [
    { ...next, ...SILENT, ...said, set: edited(state.set, edit) },
    { type: "keep", change: { edit, ...(models && { models }) } },
  ];
}

/** What adds the pictures that were read. As few large ones stay as a run takes, evenly chosen. */
function additionOf(set: PictureSet, { name, isExample, classes }: Loaded, into: string | undefined): Edit {
  const isAnew = makesWay(set, into) || isExample;
  const [present, added] = [isAnew ? [] : picturesOf(set), picturesOf({ classes })];
  const some = new Set(
    evenlyChosen(
      [...present, ...added].filter(({ large }) => large),
      MOST_LARGE,
    ),
  );
  const isTooMuch = (picture: Picture): boolean => picture.large !== undefined && !some.has(picture);
  const few = (picture: Picture): Picture => (isTooMuch(picture) ? { ...picture, large: undefined } : picture);
  const target = set.classes.find(({ key }) => key === into);
  const inserted = classes.map((one): Insertion => ({ into: target?.name === one.name ? target : one, pictures: one.pictures.map(few) }));
  const isMostlyTransparent = added.filter(({ isTransparent }) => isTransparent).length > added.length / 2;
  return {
    ...{ name, inserted, changed: present.filter(isTooMuch).map(few) },
    ...(isExample && { isExample }),
    ...(isAnew && { removed: keysIn(set.classes) }),
    ...(present.length === 0 && isMostlyTransparent && { crop: "contain" }), // what is cut off would not be seen
  };
}

/** A new model beside the one that was shown. */
function withModel(state: State, outcome: Outcome): readonly [State, NonNullable<StoreChange["models"]>] {
  const before = shownModel(state);
  const gone = state.models.filter((one) => one !== before).map(({ key }) => key);
  const next = { ...state, models: [...(before ? [before] : []), outcome], shown: outcome.key };
  return [next, { put: [outcome], gone, shown: outcome.key, walls: {} }];
}

/** These models are written anew, and those with these keys deleted. */
const kept = <S>(state: State, put: readonly Outcome[], gone: readonly string[]): Next<S> => [
  state,
  { type: "keep", change: { models: { put, gone, shown: state.shown, walls: state.walls } } },
];

function paused<S>(state: State, paused: "by the visitor" | "out of sight"): Next<S> {
  const next: State = { ...state, phase: { name: "learning", paused }, status: "It pauses after this step." };
  return [next, { type: "pause", isPaused: true }];
}

const goingOn = <S>(state: State, status: string): Next<S> => [
  { ...state, phase: { name: "learning" }, status },
  { type: "pause", isPaused: false },
];

function afterKeeping(state: State, { edit, models }: StoreChange, result: ChangeResult): State {
  if (result === "kept") return state;
  if (result === "refused")
    return { ...state, isStale: true, problem: "Another tab has begun to learn: your last change of the pictures was not kept." };
  const isOfPictures = edit?.inserted?.some(({ pictures }) => pictures.length > 0);
  return {
    ...{ ...state, isWhole: false },
    ...(isOfPictures && { problem: "This device has no room to keep your pictures: they are here until you close this page." }),
    ...(models && { status: `${state.status} This device has no room to keep the model: save its files.`.trim() }),
  };
}

const AFTER = {
  matte: ["It learns to cut out", "It has learned to draw. Now it learns to cut out what it draws, as your pictures are."],
  enlarger: ["It learns to enlarge", "It has learned to draw. Now it learns to enlarge in the manner of your pictures."],
  calibrating: ["It makes its files", "It has learned. Its numbers are rounded for drawing fast."],
  comparing: ["It makes its files", "New images are compared with yours."],
} as const;

function learning(state: State, event: LearnerProgress): State {
  const { progress } = state;
  const at = (now: Partial<RunProgress>, said: Partial<State> = {}): State => ({ ...state, ...said, progress: { ...progress, ...now } });
  switch (event.type) {
    case "download": // it ends in what takes unknown time: TensorFlow.js starts, and its speed is measured
      return at({ download: event.done < event.total ? event.done / event.total : undefined });
    case "begun": {
      const { type: _, isFromRounded, ...begun } = event;
      const status = isFromRounded ? "It learns, from weights that the file has rounded: the -fp32 file has the exact ones." : "It learns.";
      return at({ ...begun, download: undefined }, isPaused(state) ? {} : { status });
    }
    case "step": {
      const { step, imagesPerSecond } = event;
      const { steps, batch, coolingFrom } = progress;
      const secondsLeft = ((steps - step) * batch) / imagesPerSecond;
      const share = coolingFrom === undefined ? undefined : (step - coolingFrom) / (steps - coolingFrom);
      const work = progress.work && share !== undefined ? { ...progress.work, share, secondsLeft } : progress.work;
      return at({ step, imagesPerSecond, work });
    }
    case "cooling":
      return at({ steps: event.steps, coolingFrom: progress.step });
    case "paused": {
      const kept = "Paused. What it has learned is kept on this device.";
      const open = "Paused. This device has no room to keep what it has learned: leave this page open.";
      return at({}, isPaused(state) ? { status: event.isKept ? kept : open } : {});
    }
    case "sheet":
      return { ...state, sheet: event.images };
    case "learned":
      return { ...state, phase: { name: "finishing" } };
    case "doing": {
      const [what, status] = AFTER[event.what];
      return at({ work: { what, share: event.share, secondsLeft: event.secondsLeft } }, { status });
    }
  }
}
