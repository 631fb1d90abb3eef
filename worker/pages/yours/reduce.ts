/** What can happen, when it may, and what it does to the state; `machine.ts` has the effects that follow happen. */
import { nameLike } from "../../../wasm-model/model/card.ts";
import { emptied, faultOf, goneFrom, MOST, makesWay, NO_NAME, type PictureSet, picturesOf, withPictures } from "./picture-set.ts";
import type { Begin, LearnerProgress, LearnerResult } from "./protocol.ts";
import { type Effect, hasPictures, isIn, isPaused, isRun, type Loaded, NO_PROGRESS, type Phase, REFUSALS, type State } from "./state.ts";
import { NOTHING, newKey, type Opened, type Wall } from "./store.ts";

/** What an event changes, and what is to be done then. */
type Change = Partial<State> & { readonly effect?: Effect };
type Allowed = (state: State) => boolean;

/** An event: when it may happen, and what it changes then. What it brings is the second argument of `then`. */
const event = <E = unknown>(when: Allowed, then: (state: State, event: E) => Change) => ({ when, then });

const OPEN: Phase = { name: "open" };
const HALTED: Phase = { name: "halted" };
/** Nothing of what was said before, and no way back to what was removed. */
const SILENT = { status: "", problem: "", removed: undefined } as const;
/** What was said of the last run is not said of the next one. */
const LEARNING = { ...SILENT, phase: { name: "learning", isPaused: false } } as const;
const ELSEWHERE = { ...SILENT, phase: { name: "elsewhere" } } as const;
const DROPPED = "This page has changed. What it kept on this device before is gone: choose your pictures again.";
const END: Effect = { type: "end" };

const isOpen = isIn("open");
const isTrainable: Allowed = (state) => isOpen(state) && hasPictures(state);
const hasModel: Allowed = (state) => isOpen(state) && state.model !== undefined;
const always: Allowed = () => true;

/** Of the visitor. What is not allowed has no button, or it is said why. */
const WISHES = {
  "use here": event(isIn("elsewhere"), () => ({ ...SILENT, phase: { name: "opening" }, effect: { type: "open", isAsked: true } })),
  /** `source`: what the host reads pictures from. Files that are in no folder are of the group `into`, if there is one. */
  choose: event(isOpen, ({ set }, { source, into }: { readonly source: unknown; readonly into?: string | undefined }) => {
    const other = set.classes.find(({ key }) => key === into) ?? (set.isExample ? undefined : set.classes[0]);
    const room = MOST - (makesWay(set, into) ? 0 : picturesOf(set).length);
    return { ...SILENT, phase: { name: "reading", into }, effect: { type: "load", source, room, other: other?.name ?? NO_NAME } };
  }),
  /** Another set in place of the one that is there: `of` makes it. */
  edit: event(isOpen, ({ set }, { of }: { readonly of: (set: PictureSet) => PictureSet }) => editSet(set, of(set))),
  clear: event(isTrainable, ({ set }) => editSet(set, emptied(set))),
  train: event(isTrainable, ({ set }, { begin }: { readonly begin: Begin }) => startRun(set, begin)),
  "learn more": event(
    (state) => isTrainable(state) && hasModel(state),
    ({ set, model }) => {
      const { fp32, seed, name } = model!;
      return startRun(set, { seed: `${seed}, more`, from: new Blob([fp32]), model: name });
    },
  ),
  pause: event(
    (state) => isIn("learning")(state) && !isPaused(state),
    (state) => pauseRun(state, true),
  ),
  "go on": event(
    (state) => isPaused(state) || isIn("halted")(state),
    (state) => (isPaused(state) ? pauseRun(state, false) : goOn(state)),
  ),
  /** A page that is left then does not take the run up by itself. */
  stop: event(isIn("learning"), ({ run }) => ({
    ...SILENT,
    phase: { name: "finishing" },
    run: { ...run!, isPaused: true },
    effect: { type: "stop" },
  })),
  "give up": event(isRun, () => ({ ...SILENT, phase: OPEN, run: undefined, effect: END })),
  back: event(
    (state) => isOpen(state) && state.previous !== undefined,
    (state) => ({ ...SILENT, ...withModel(state, state.previous!) }),
  ),
  rename: event(hasModel, ({ model }, { name }: { readonly name: string }) => ({ model: { ...model!, name: nameLike(name) } })),
  forget: event(hasModel, () => ({ ...SILENT, model: undefined, wall: NOTHING.wall })),
  wall: event(hasModel, (_, { wall }: { readonly wall: Wall }) => ({ wall })),
};

/** Of the host and the learner. What comes too late changes nothing. */
const ANSWERS = {
  opened: event(isIn("opening", "elsewhere"), (state, { kept, hasLearned, isDropped }: Opened) => {
    const run = hasLearned ? kept.run : undefined;
    const opened = { ...SILENT, ...kept, run, isKept: true, problem: isDropped ? DROPPED : "" };
    if (!run) return { ...opened, phase: OPEN };
    return run.isPaused ? { ...opened, phase: HALTED } : { ...opened, ...goOn({ ...state, ...opened }) };
  }),
  /** Another tab asks for what is kept, or has taken it. */
  "let go": event(
    (state) => !isIn("opening", "elsewhere")(state),
    () => ({ ...ELSEWHERE, effect: { type: "let go" } }),
  ),
  lost: event(always, () => ({ ...ELSEWHERE, effect: END })),
  persisted: event(always, (_, { isKept }: { readonly isKept: boolean }) => ({ isKept })),
  "files read": event(isIn("reading"), ({ phase }, { done, of }: { readonly done: number; readonly of: number }) => ({
    phase: { name: "reading", into: targetClass(phase), done, of },
  })),
  loaded: event(isIn("reading"), (state, { loaded: { model, refusals, ...pictures } }: { readonly loaded: Loaded }) => {
    const set = pictures.classes.length > 0 ? withPictures(state.set, pictures, targetClass(state.phase)) : state.set;
    return { ...SILENT, ...(model && withModel(state, { model, wall: NOTHING.wall })), phase: OPEN, problem: refusals.join("\n"), set };
  }),
  progress: event(isRun, ({ phase, progress }, { progress: now }: { readonly progress: LearnerProgress }) => ({
    ...(now.isLearned && SILENT),
    progress: { ...progress, ...now },
    phase: now.isLearned ? { name: "finishing" } : phase,
  })),
  finished: event(isRun, (state, { outcome: model }: Extract<LearnerResult, { type: "finished" }>) => {
    return { ...SILENT, ...withModel(state, { model, wall: NOTHING.wall }), phase: OPEN, run: undefined, status: "Done.", effect: END };
  }),
  failed: event(isRun, (state, { sentence, leadsNowhere }: Extract<LearnerResult, { type: "failed" }>) =>
    failRun(state, sentence, leadsNowhere),
  ),
  /** An effect has thrown, perhaps with a sentence: the phase that follows has a way on. */
  broken: event(always, (state, { effect, sentence }: { readonly effect: Effect["type"]; readonly sentence: string }) => {
    if (effect === "open" && isIn("opening", "elsewhere")(state)) return { phase: OPEN, isKept: false };
    if (effect === "load" && isIn("reading")(state)) return { phase: OPEN, problem: sentence || "This browser cannot read them." };
    const isOfLearner = effect === "start" || effect === "pause" || effect === "stop";
    if (!isOfLearner || !isRun(state)) return {};
    return failRun(state, "This device cannot train: the browser refuses what it needs, or the memory is full.", false);
  }),
};

const EVENTS = { ...WISHES, ...ANSWERS };
type EventType = keyof typeof EVENTS;
export type Event = { [T in EventType]: { readonly type: T } & Parameters<(typeof EVENTS)[T]["then"]>[1] }[EventType];

export const allows = (state: State, type: EventType): boolean => EVENTS[type].when(state);

/** The state after an event, and what is to be done then. An event that its phase does not allow changes nothing. */
export function reduce(state: State, event: Event): readonly [State, Effect?] {
  const { when, then } = EVENTS[event.type] as { readonly when: Allowed; then(state: State, event: Event): Change };
  if (!when(state)) return [event.type in WISHES ? { ...state, problem: REFUSALS[state.phase.name] || state.problem } : state];
  const { effect, ...change } = then(state, event);
  const next = { ...state, ...change };
  return effect ? [next, effect] : [next];
}

function editSet(before: PictureSet, set: PictureSet): Change {
  const what = goneFrom(before, set);
  return { ...SILENT, set, removed: what === "" ? undefined : { what, before } };
}

/** The class that files without a folder are read for. */
const targetClass = (phase: Phase): string | undefined => (phase.name === "reading" ? phase.into : undefined);

function startRun(set: PictureSet, begin: Begin): Change {
  const problem = faultOf(set);
  if (problem) return { problem };
  const run = { key: newKey(), isPaused: false };
  return { ...LEARNING, progress: NO_PROGRESS, run, effect: { type: "start", set, run, begin } };
}

/** A thread takes up the run that is kept. */
function goOn({ set, run: waiting }: Pick<State, "set" | "run">): Change {
  const run = { ...waiting!, isPaused: false };
  return { ...LEARNING, progress: { ...NO_PROGRESS, isKept: true }, run, effect: { type: "start", set, run, begin: undefined } };
}

/** The run pauses, or goes on. */
const pauseRun = ({ run, progress }: State, isPaused: boolean): Change => ({
  phase: { name: "learning", isPaused },
  run: { ...run!, isPaused },
  progress: { ...progress, isPauseKept: undefined },
  effect: { type: "pause", isPaused },
});

/** What the run has learned waits, unless it would fail again or nothing of it is kept. */
function failRun({ run, progress }: State, problem: string, leadsNowhere: boolean): Change {
  const waits = progress.isKept && !leadsNowhere;
  return { phase: waits ? HALTED : OPEN, run: waits ? { ...run!, isPaused: true } : undefined, problem, effect: END };
}

/** Another model in place of the one that is shown, which can be brought back. */
function withModel({ model, wall, previous }: State, other: NonNullable<State["previous"]>): Change {
  const before = model ? { model, wall } : other === previous ? undefined : previous;
  return { ...other, previous: before };
}
