/** What each event does to the state, and which effects follow; `machine.ts` has them happen. */
import { areTransparent } from "../../../training/data/cut-outs.ts";
import { evenlyChosen } from "../../../training/data/large.ts";
import {
  type Edit,
  edited,
  faultOf,
  type Insertion,
  keysIn,
  NO_NAME,
  newName,
  type PictureSet,
  picturesOf,
  removalOf,
} from "./picture-set.ts";
import { progressed } from "./progress.ts";
import type { Begin, Outcome, Picture } from "./protocol.ts";
import {
  allows,
  type Effect,
  type Event,
  effectOfChange,
  isRun,
  type Loaded,
  MOST,
  MOST_LARGE,
  NO_PROGRESS,
  type Phase,
  type State,
  shownModel,
} from "./state.ts";
import type { ChangeResult, Kept, StoreChange } from "./store.ts";

/** Seconds that an early cool-down takes at most. */
const LONGEST_STOP = 15;

type Next = readonly [State, ...Effect[]];

/** The state with these changes, and what is to be done then. */
const so = (state: State, now: Partial<State>, ...effects: Effect[]): Next => [{ ...state, ...now }, ...effects];

/** The state after an event, and what is to be done then. An event that its phase does not allow changes nothing. */
export function reduce(state: State, event: Event): Next {
  if (!allows(state, event.type)) return so(state, { refusal: effectOfChange(state) });
  const [next, ...effects] = after(state, event);
  const { phase, isStale, isWhole } = next;
  if (isStale && isWhole && (phase.name === "open" || phase.name === "halted")) return opening(next, ...effects);
  return [phase.name === state.phase.name ? next : { ...next, refusal: "" }, ...effects];
}

const opening = (state: State, ...before: Effect[]): Next =>
  so(state, { phase: { name: "opening" }, refusal: "", isStale: false }, ...before, { type: "open" });

const OPEN: Phase = { name: "open" };
/** Nothing of what was said before, and no way back to what was removed. */
const SILENT = { status: "", problem: "", removals: [], filesRead: undefined } as const;
/** What was said of the last run is not said of the next one. */
const STARTING = { ...SILENT, phase: { name: "starting" }, progress: NO_PROGRESS } as const;
const NO_RUN: Effect = { type: "end", change: { run: "gone" } };

function after(state: State, event: Event): Next {
  const { phase, set, models } = state;
  switch (event.type) {
    case "choose": {
      const { source, into } = event;
      const other = set.classes.find(({ key }) => key === into) ?? (set.isExample ? undefined : set.classes[0]);
      const room = MOST - (makesWay(set, into) ? 0 : picturesOf(set).length);
      return so(state, { ...SILENT, phase: { name: "reading", into } }, { type: "load", source, room, other: other?.name ?? NO_NAME });
    }
    case "files read":
      return so(state, { filesRead: event });
    case "loaded":
      return phase.name === "reading" ? added(state, event.loaded, phase.into) : [state];
    case "unread":
      return so(state, { phase: OPEN, filesRead: undefined, problem: event.sentence });
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
      return starting(state, event.begin);
    case "learn more": {
      const { fp32, seed, name: model } = shownModel(state)!;
      return starting(state, { seed: `${seed}, more`, from: new Blob([fp32]), model });
    }
    case "started": {
      const status = "Loading what training needs.";
      return so(state, { ...event.kept, phase: { name: "learning", isPaused: false }, isStale: false, sheet: [], status });
    }
    case "taken":
      return elsewhere(state);
    case "free":
      return state.isWhole ? opening(state) : so(state, { phase: OPEN });
    case "pause":
      return paused(state, true, "It pauses after this step.");
    case "go on":
      if (phase.name === "halted") return so(state, STARTING, { type: "start", set, begin: undefined });
      return paused(state, false, "It learns.");
    case "stop": {
      const work = { what: "Last steps", share: 0, secondsLeft: LONGEST_STOP };
      const status = "Its steps become smaller and smaller. Then it makes its files.";
      const kept: Effect = { type: "keep", change: { run: { isPaused: true } } }; // a page that is left now does not take it up by itself
      return so(state, { phase: { name: "stopping" }, status, progress: { ...state.progress, work } }, { type: "stop" }, kept);
    }
    case "give up":
      return so(state, { ...SILENT, phase: OPEN }, NO_RUN);
    case "progress":
      return isRun(state) ? [progressed(state, event.progress)] : [state];
    case "finished": {
      const { step, batch, isMore } = state.progress;
      const status = `Done after ${(step * batch).toLocaleString("en")} ${isMore ? "more " : ""}looks at your pictures.`;
      const [next, models] = withModel(state, event.outcome);
      return so(next, { phase: OPEN, status }, { type: "end", change: { run: "gone", models } });
    }
    case "failed": {
      const next: State = { ...state, phase: OPEN, status: "", problem: event.sentence };
      if (event.leadsNowhere || !state.isWhole) return [next, NO_RUN];
      return opening(next, { type: "end", change: { run: { isPaused: true } } });
    }

    case "opened": {
      const { run, set, models, shown, walls } = { ...event.opened, ...(!state.isWhole && keptOf(state)) };
      const next: State = { ...state, set, models, shown, walls, removals: [] };
      if (event.isElsewhere) return elsewhere(next);
      if (!run) return so(next, { phase: OPEN, status: isRun(state) ? "" : state.status });
      if (!run.isKept) return so(next, { phase: OPEN }, NO_RUN);
      if (run.isPaused) return so(next, { phase: { name: "halted" }, status: "A run waits. What it has learned is kept on this device." });
      return so(next, { phase: STARTING.phase, progress: NO_PROGRESS }, { type: "start", set, begin: undefined });
    }
    case "changed":
      return so(state, { isStale: true });
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
    case "wall":
      return kept({ ...state, walls: { ...state.walls, [shownModel(state)!.key]: event.wall } }, [], []);
    case "rename":
      return [state, { type: "rename", outcome: shownModel(state)!, name: event.name }];
    case "renamed": {
      const { outcome } = event;
      if (!outcome) return so(state, { problem: "The model keeps its name: what gives it another cannot be loaded now." });
      return kept({ ...state, models: models.map((one) => (one.key === outcome.key ? outcome : one)) }, [outcome], []);
    }
  }
}

/** What is shown in place of what is kept: there may have been no room meanwhile. */
const keptOf = ({ set, models, shown, walls }: State): Kept => ({ set, models, shown, walls });

function starting(state: State, begin: Begin): Next {
  const { set } = state;
  const problem = faultOf(set);
  return problem ? so(state, { problem }) : so(state, STARTING, { type: "start", set, begin });
}

const elsewhere = (state: State): Next => so(state, { phase: { name: "elsewhere" }, status: "" }, { type: "wait" });

/** Whether new pictures come in place of the example's. */
const makesWay = (set: PictureSet, into: string | undefined): boolean => set.isExample && into === undefined;

function change(state: State, edit: Edit, also: Partial<State> = {}): Next {
  return so(state, { ...SILENT, ...also, set: edited(state.set, edit) }, { type: "keep", change: { edit } });
}

/** With what was read: pictures, and at most one model. */
function added(state: State, loaded: Loaded, into: string | undefined): Next {
  const { classes, model, refusals } = loaded;
  const edit = classes.length > 0 ? additionOf(state.set, loaded, into) : undefined;
  const [next, models] = model ? withModel(state, model) : [state, undefined];
  const now = { ...SILENT, phase: OPEN, problem: refusals.join("\n"), ...(edit && { set: edited(state.set, edit) }) };
  if (!edit && !models) return so(next, now);
  return so(next, now, { type: "keep", change: { ...(edit && { edit }), ...(models && { models }) } });
}

/** What adds the pictures that were read. As few large ones stay as a run takes, evenly chosen. */
function additionOf(set: PictureSet, { name, isExample, classes }: Loaded, into: string | undefined): Edit {
  const isAnew = makesWay(set, into) || isExample;
  const [present, added] = [isAnew ? [] : picturesOf(set), picturesOf({ classes })];
  const withLarge = [...present, ...added].filter(({ large }) => large);
  const some = new Set(evenlyChosen(withLarge, MOST_LARGE));
  const isTooMuch = (picture: Picture): boolean => picture.large !== undefined && !some.has(picture);
  const few = (picture: Picture): Picture => (isTooMuch(picture) ? { ...picture, large: undefined } : picture);
  const target = set.classes.find(({ key }) => key === into);
  const inserted = classes.map((one): Insertion => ({ into: target?.name === one.name ? target : one, pictures: one.pictures.map(few) }));
  return {
    name,
    inserted,
    changed: present.filter(isTooMuch).map(few),
    ...(isExample && { isExample }),
    ...(isAnew && { removed: keysIn(set.classes) }),
    ...(present.length === 0 && areTransparent(added) && { crop: "contain" }), // what is cut off would not be seen
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
function kept(state: State, put: readonly Outcome[], gone: readonly string[]): Next {
  const { shown, walls } = state;
  return [state, { type: "keep", change: { models: { put, gone, shown, walls } } }];
}

/** The run pauses, or goes on. */
function paused(state: State, isPaused: boolean, status: string): Next {
  const effects: Effect[] = [
    { type: "pause", isPaused },
    { type: "keep", change: { run: { isPaused } } },
  ];
  return so(state, { phase: { name: "learning", isPaused }, status }, ...effects);
}

function afterKeeping(state: State, { edit, models }: StoreChange, result: ChangeResult): State {
  if (result === "kept") return state;
  if (result === "refused")
    return { ...state, isStale: true, problem: "Another tab has begun to learn: your last change of the pictures was not kept." };
  const isOfPictures = edit?.inserted?.some(({ pictures }) => pictures.length > 0);
  return {
    ...state,
    isWhole: false,
    ...(isOfPictures && { problem: "This device has no room to keep your pictures: they are here until you close this page." }),
    ...(models && { status: `${state.status} This device has no room to keep the model: save its files.`.trim() }),
  };
}
