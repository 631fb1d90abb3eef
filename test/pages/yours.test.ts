/** "Your pictures" in any order of events: nothing that matters is lost, whatever visitor, learner, other tabs and the device do. */
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { spriteOf } from "../../training/data/pixel-art.ts";
import { aboutOf } from "../../worker/pages/yours/dataset.ts";
import { type Learner, Machine } from "../../worker/pages/yours/machine.ts";
import { edited, faultOf, NO_PICTURES, type PictureSet, picturesOf } from "../../worker/pages/yours/picture-set.ts";
import type { Folder, LearnerProgress, LearnerResult, Outcome, Picture } from "../../worker/pages/yours/protocol.ts";
import { folderOf } from "../../worker/pages/yours/sight.ts";
import { allows, type Event, effectOfChange, type Loaded, type State, shownModel, wallOf } from "../../worker/pages/yours/state.ts";
import { type ChangeResult, listed, type ModelList, type Opened, type StoreChange } from "../../worker/pages/yours/store.ts";
import { cropNote, sightNote, verdictOn, workNote } from "../../worker/pages/yours/words.ts";

let count = 0;
const newKey = (): string => String(++count);

const picture = (isTransparent = false): Picture => {
  const [key, pixels] = [newKey(), Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 255)];
  return { key, path: `${key}.png`, width: 1, height: 2, isTransparent, cover: pixels, contain: pixels };
};

const modelOf = (): Outcome => {
  const [key, file] = [newKey(), new Uint8Array()];
  const looks = { shape: { width: 1, height: 1, channels: 3 }, isCutOut: false, isPixelArt: false };
  return { ...looks, key, name: `model-${key}`, seed: "s", labels: [], model: file, fp32: file, sheet: [], nearest: [], learned: 1 };
};

const keysOf = (set: PictureSet): string[] => picturesOf(set).map(({ key }) => key);
const without = (all: readonly string[], gone: readonly string[]): string[] => all.filter((key) => !gone.includes(key));

/** What the visitor chooses: names of classes with so many pictures each; without them it cannot be read. */
interface Source {
  readonly classes?: readonly (readonly [name: string, count: number])[];
  readonly isExample?: boolean;
  readonly isTransparent?: boolean;
}

interface Tab {
  machine: Machine;
  learner?: { readonly hear: (event: LearnerProgress | LearnerResult) => void; hasBegun: boolean } | undefined;
  /** Then it does not hear what other tabs do. */
  isHidden?: boolean;
}

/** Tabs on one device, in which everything takes its time: `pending` has what is under way, by the tab that waits for it. */
class Device {
  tabs: Tab[] = [];
  pending: { readonly tab: Tab; readonly isOfStore: boolean; readonly happen: () => void }[] = [];
  hasRoom = true;
  holder: Tab | undefined;
  set: PictureSet = NO_PICTURES;
  models = new Map<string, Outcome>();
  list: ModelList = { keys: [], shown: "", walls: {} };
  run: { readonly isPaused: boolean } | undefined;
  isRunKept = false;
  /** Keys of what the visitor has ever removed or forgotten, and of what is to be gone now. */
  gone: string[] = [];
  unwanted = new Set<string>();
  /** Keys of pictures that were kept and are still wanted, and of what has left otherwise. */
  stay = new Set<string>();
  lost: string[] = [];

  lose(before: readonly string[], after: readonly string[]): void {
    this.lost.push(...without(before, [...after, ...this.gone]));
  }

  later<T>(tab: Tab, what: () => T, isOfStore = false): Promise<T> {
    return new Promise<void>((happen) => this.pending.push({ tab, isOfStore, happen })).then(what);
  }

  open(): Opened {
    const models = this.list.keys.flatMap((key) => this.models.get(key) ?? []);
    const run = this.run && { ...this.run, isKept: this.isRunKept };
    return { set: this.set, models, shown: this.list.shown, walls: this.list.walls, run };
  }

  change({ edit, models, run }: StoreChange, tab: Tab): ChangeResult {
    if (run && this.holder !== tab) this.lost.push("the right to learn");
    if (edit && !run && this.run) return "refused";
    if (!this.hasRoom && (edit?.inserted || models?.put.length)) return "no room";
    if (edit) {
      const before = keysOf(this.set);
      this.set = edited(this.set, edit);
      this.lose(before, keysOf(this.set));
      for (const key of keysOf(this.set)) if (!this.unwanted.has(key)) this.stay.add(key);
    }
    if (models) {
      this.lose(models.gone, []);
      this.list = listed(this.list, models);
      for (const key of models.gone) this.models.delete(key);
      for (const one of models.put) this.models.set(one.key, one);
    }
    if (run === "gone") [this.run, this.isRunKept] = [undefined, false];
    else if (run) this.run = run;
    return "kept";
  }

  /** Opens a tab, in place of another one if it is reloaded. */
  visit(before?: Tab): Tab {
    const tab = {} as Tab;
    const host = {
      store: {
        open: () => this.later(tab, () => this.open(), true),
        change: (change: StoreChange) => this.later(tab, () => this.change(change, tab), true),
      },
      lock: {
        take: () =>
          this.later(tab, () => {
            if (this.holder) return undefined;
            this.holder = tab;
            return () => (this.holder = undefined);
          }),
        isTaken: async () => this.holder !== undefined,
        untilFree: () => this.untilFree(tab),
      },
      tellOthers: () => {
        for (const other of this.tabs)
          if (other !== tab && !other.isHidden) this.later(other, () => other.machine.send({ type: "changed" }));
      },
      load: ({ source: chosen, other }: { readonly source: unknown; readonly other: string }): Promise<Loaded> =>
        this.later(tab, () => {
          const source = chosen as Source;
          if (!source.classes) throw new TypeError("entries is undefined");
          const classes = source.classes.map(([name, count]) => ({
            key: newKey(),
            name: name || other,
            pictures: Array.from({ length: count }, () => picture(source.isTransparent)),
          }));
          return { name: "folder", isExample: source.isExample ?? false, classes, refusals: [] };
        }),
      learn: (_: unknown, __: unknown, hear: (event: LearnerProgress | LearnerResult) => void): Learner => {
        tab.learner = { hear, hasBegun: false };
        return { pause() {}, stop() {}, end: () => (tab.learner = undefined) };
      },
      rename: (outcome: Outcome, name: string) =>
        this.later(tab, () => {
          if (name === "") throw new Error("It cannot be loaded.");
          return { ...outcome, name };
        }),
    };
    tab.machine = new Machine(host, (state, before) => this.watch(state, before));
    if (before) this.pending = this.pending.filter((one) => one.tab !== before);
    if (this.holder === before) this.holder = undefined;
    this.tabs = [...this.tabs.filter((one) => one !== before), tab];
    tab.machine.open();
    return tab;
  }

  untilFree(tab: Tab): Promise<void> {
    return this.later(tab, () => this.holder).then((holder) => (holder ? this.untilFree(tab) : undefined));
  }

  /** What leaves a tab was removed, or is as it is kept. */
  watch(state: State, before: State): void {
    if (["opening", "starting"].includes(before.phase.name) && before.isWhole) return;
    this.lose(keysOf(before.set), keysOf(state.set));
    const [gone, now] = [before, state].map(({ models }) => models.map(({ key }) => key));
    this.lose(gone, now);
  }

  /** Hides a tab, or shows it again. */
  hide(tab: Tab, isHidden: boolean): void {
    if (tab.isHidden && !isHidden) tab.machine.send({ type: "changed" });
    tab.isHidden = isHidden;
  }

  go(keys: readonly string[]): void {
    this.gone.push(...keys);
    for (const key of keys) {
      this.unwanted.add(key);
      this.stay.delete(key);
    }
  }

  /** Sends what the visitor does, and remembers what was to go by it. */
  send(tab: Tab, event: Event): void {
    const { state } = tab.machine;
    const { set } = state;
    if (event.type === "remove") this.go([event.key, ...keysOf({ ...set, classes: set.classes.filter(({ key }) => key === event.key) })]);
    if (event.type === "choose" && set.isExample && allows(state, "choose")) this.go(keysOf(set));
    if (event.type === "forget" && allows(state, "forget")) this.go([shownModel(state)!.key]);
    const undo = event.type === "undo" && allows(state, "undo") ? state.removals.at(-1)?.undo : undefined;
    if (undo) for (const key of keysOf(edited(NO_PICTURES, undo))) this.unwanted.delete(key);
    tab.machine.send(event);
  }

  /** The learner of a tab does something. */
  learn(tab: Tab, n: number): void {
    const { learner } = tab;
    if (!learner) return;
    const { hear, hasBegun } = learner;
    learner.hasBegun = true;
    if (!hasBegun) hear({ type: "begun", steps: 9, batch: 1, step: 0, isMore: false, isFromRounded: false });
    else if (n < 6) {
      this.isRunKept ||= this.hasRoom && this.run !== undefined;
      hear({ type: "step", step: n, imagesPerSecond: 1 });
    } else if (n === 6) hear({ type: "learned" });
    else if (n === 7) {
      const outcome = modelOf();
      const { models, shown } = tab.machine.state;
      this.go(models.flatMap(({ key }) => (key === shown ? [] : [key])));
      hear({ type: "finished", outcome });
      if (shownModel(tab.machine.state) !== outcome) this.lost.push(outcome.key);
    } else hear({ type: "failed", sentence: "It failed.", leadsNowhere: n === 8 });
  }

  /** One of what is under way happens; what the store does, in its order. */
  async happen(n: number): Promise<void> {
    const first = this.pending.find(({ isOfStore }) => isOfStore);
    const possible = this.pending.filter((one) => !one.isOfStore || one === first);
    const chosen = possible[n % possible.length];
    this.pending = this.pending.filter((one) => one !== chosen);
    chosen?.happen();
    await setImmediate();
  }
}

type Act = (device: Device, tab: Tab, n: number) => unknown;

const send =
  (of: (state: State, n: number) => Event | undefined): Act =>
  (device, tab, n) => {
    const event = of(tab.machine.state, n);
    if (event) device.send(tab, event);
  };

const chooseOf = (classes: Readonly<Record<string, number>>, also: Source = {}) =>
  ({ type: "choose", source: { classes: Object.entries(classes), ...also } }) as const;

const ACTS: Readonly<Record<string, Act>> = {
  drop: send((_, n) => chooseOf({ "": n, cats: 1, dogs: n })),
  "drop what cannot be read": send(() => ({ type: "choose", source: {} })),
  example: send((state) => (state.set.classes.length === 0 ? chooseOf({ ghost: 2 }, { isExample: true }) : undefined)),
  "add to a class": send(({ set }, n) => ({ ...chooseOf({ "": 2 }), into: set.classes[n % set.classes.length]?.key })),
  "remove a picture": send(({ set }, n) => ({ type: "remove", key: keysOf(set)[n] ?? "" })),
  "remove a class": send(({ set }, n) => ({ type: "remove", key: set.classes[n]?.key ?? "" })),
  undo: send(() => ({ type: "undo" })),
  "add a class": send(() => ({ type: "add class", key: newKey() })),
  "rename a class": send(({ set }, n) =>
    set.classes[n] ? { type: "rename class", key: set.classes[n].key, name: `class ${n}` } : undefined,
  ),
  crop: send((_, n) => ({ type: "crop", crop: n % 2 ? "cover" : "contain" })),
  train: send(() => ({ type: "train", begin: { seed: "s" } })),
  "learn more": send(() => ({ type: "learn more" })),
  pause: send(() => ({ type: "pause" })),
  "go on": send(() => ({ type: "go on" })),
  stop: send(() => ({ type: "stop" })),
  "give up": send(() => ({ type: "give up" })),
  exchange: send(() => ({ type: "exchange" })),
  forget: send(() => ({ type: "forget" })),
  "rename the model": send((_, n) => ({ type: "rename", name: n % 3 ? `name ${n}` : "" })),
  learner: (device, tab, n) => device.learn(tab, n),
  hide: (device, tab, n) => device.hide(tab, n % 2 === 0),
  reload: (device, tab) => device.visit(tab),
  "other tab": (device) => device.tabs.length < 2 && device.visit(),
  room: (device, _, n) => (device.hasRoom = n > 2),
};

/** Acts, and how much of what is under way happens after each: often all. */
const STEPS = fc.array(
  fc.record({
    act: fc.constantFrom(...Object.keys(ACTS), ...Array(6).fill("learner"), "drop", "train", "train"),
    tab: fc.nat(1),
    n: fc.nat(9),
    happen: fc.oneof(fc.constant(Array(20).fill(0)), fc.array(fc.nat(9), { maxLength: 6 })),
  }),
  { minLength: 1, maxLength: 50, size: "max" },
);

async function untilQuiet(device: Device): Promise<void> {
  for (const tab of device.tabs) device.hide(tab, false);
  await setImmediate();
  for (let k = 0; k < 500 && device.pending.length > 0; k++) {
    const isWaiting =
      device.holder !== undefined &&
      device.tabs.every(({ machine }) => ["elsewhere", "learning", "stopping", "finishing"].includes(machine.state.phase.name));
    if (isWaiting && device.pending.every(({ isOfStore }) => !isOfStore) && k > 100) return;
    await device.happen(k);
  }
}

describe("whatever happens", () => {
  it("no picture leaves but by the visitor, each finished model can be saved, and at most one tab learns", async () => {
    await fc.assert(
      fc.asyncProperty(STEPS, async (steps) => {
        const device = new Device();
        device.visit();
        for (const { act, tab, n, happen } of steps) {
          ACTS[act](device, device.tabs[tab % device.tabs.length], n);
          await setImmediate();
          expect(device.tabs.filter(({ learner }) => learner).length).toBeLessThanOrEqual(1);
          for (const k of happen) await device.happen(k);
          expect(device.lost).toEqual([]);
        }
        await untilQuiet(device);
        expect(without([...device.stay], keysOf(device.set))).toEqual([]);
        const isLearning = device.tabs.some(({ learner }) => learner);
        for (const { machine } of device.tabs) {
          const { phase, isWhole, set, models } = machine.state;
          if (isWhole) expect(["open", "halted"].includes(phase.name)).toBe(!isLearning);
          expect(["opening", "starting", "reading", ...(isLearning ? [] : ["elsewhere"])]).not.toContain(phase.name);
          if (!isWhole || phase.name === "elsewhere") continue;
          expect(new Set(keysOf(set))).toEqual(new Set(keysOf(device.set)));
          if (isLearning) continue;
          expect(models.map(({ key }) => key)).toEqual(device.list.keys);
          expect(phase.name).toBe(device.run ? "halted" : "open");
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("in this order", () => {
  let device: Device;
  let tab: Tab;
  const all = async (): Promise<void> => {
    for (let k = 0; k < 30; k++) await device.happen(0);
  };
  const act = async (event: Event): Promise<State> => {
    device.send(tab, event);
    await all();
    return tab.machine.state;
  };
  const drop = (...names: string[]) => act(chooseOf(Object.fromEntries(names.map((name) => [name, 2]))));
  /** Begins a run, of which the learner does these things. */
  const learn = async (...does: number[]): Promise<State> => {
    await act({ type: "train", begin: { seed: "s" } });
    for (const n of [0, 1, ...does]) device.learn(tab, n);
    if (does.length > 0) await all();
    return tab.machine.state;
  };
  const finish = async (): Promise<Outcome> => shownModel(await learn(7))!;
  const reload = async (): Promise<State> => {
    tab = device.visit(tab);
    await all();
    return tab.machine.state;
  };
  const namesOf = ({ set }: State): string[] => set.classes.map(({ name }) => name);

  beforeEach(async () => {
    device = new Device();
    tab = device.visit();
    await all();
  });

  it.each(["pause", "stop"] as const)("a %s outlives a reload, and a first run can be given up", async (type) => {
    await drop("cats");
    await learn();
    await act({ type });
    const { phase, status } = await reload();
    expect([phase.name, status]).toEqual(["halted", "A run waits. What it has learned is kept on this device."]);
    expect((await act({ type: "go on" })).phase).toEqual({ name: "learning", isPaused: false });
    const { hear } = tab.learner!;
    expect((await act({ type: "give up" })).phase.name).toBe("open");
    hear({ type: "finished", outcome: modelOf() }); // it was on its way
    expect([device.run, device.isRunKept, tab.machine.state.models]).toEqual([undefined, false, []]);
  });

  it("a run that failed waits, also after a reload, and its pictures stay until it is given up", async () => {
    await drop("cats");
    const { phase, problem } = await learn(9);
    expect([phase.name, problem]).toEqual(["halted", "It failed."]);
    const dropped = await drop("dogs");
    expect([namesOf(dropped), dropped.refusal]).toEqual([["cats"], effectOfChange(dropped)]);
    expect((await reload()).phase.name).toBe("halted");
    const { refusal } = await act({ type: "give up" });
    expect([refusal, namesOf(await drop("dogs"))]).toEqual(["", ["cats", "dogs"]]);
  });

  it("a run that leads nowhere is gone", async () => {
    await drop("cats");
    expect([(await learn(8)).phase.name, device.run]).toEqual(["open", undefined]);
  });

  it("the example makes way for other pictures as long as it is alone, and a folder of its name never does", async () => {
    const example = chooseOf({ ghost: 2 }, { isExample: true });
    await act(example);
    expect(namesOf(await drop("cats"))).toEqual(["cats"]);
    for (const { key } of tab.machine.state.set.classes) await act({ type: "remove", key });
    const { set } = await act(example);
    await act({ ...chooseOf({ "": 1 }), into: set.classes[0].key });
    expect(namesOf(await drop("example"))).toEqual(["ghost", "example"]);
    expect(namesOf(await drop("cats"))).toEqual(["ghost", "example", "cats"]);
  });

  it("that files cannot be read is said in words, whatever the error's are", async () => {
    expect((await act({ type: "choose", source: {} })).problem).toBe("This browser cannot read them.");
  });

  it("removals are undone one after the other, each to its place", async () => {
    const { set } = await drop("cats", "dogs");
    await act({ type: "remove", key: set.classes[0].pictures[0].key });
    await act({ type: "remove", key: set.classes[0].key });
    expect(namesOf(tab.machine.state)).toEqual(["dogs"]);
    for (const _ of [0, 1]) await act({ type: "undo" });
    expect([tab.machine.state.set, device.set]).toEqual([set, set]);
  });

  it("transparent pictures are shown whole unless the visitor wants otherwise", async () => {
    const transparent = (name: string) => chooseOf({ [name]: 2 }, { isTransparent: true });
    expect((await act(transparent("cats"))).set.crop).toBe("contain");
    await act({ type: "crop", crop: "cover" });
    expect((await act(transparent("dogs"))).set.crop).toBe("cover");
  });

  it("one goes back to the model before, and on; a new one is made of what is shown, and what is forgotten is nowhere", async () => {
    await drop("cats");
    const [a, b] = [await finish(), await finish()];
    expect(shownModel(await act({ type: "exchange" }))).toBe(a);
    expect(shownModel(await reload())).toBe(a);
    expect(shownModel(await act({ type: "exchange" }))).toBe(b);
    await act({ type: "exchange" });
    const c = await finish();
    expect(tab.machine.state.models).toEqual([a, c]);
    expect(shownModel(await act({ type: "forget" }))).toBe(a);
    await act({ type: "forget" });
    expect([device.models.size, device.list.keys, tab.machine.state.models]).toEqual([0, [], []]);
  });

  it("what was chosen of a wall outlives a reload, and goes with the model", async () => {
    await drop("cats");
    const model = await finish();
    const wall = { first: 61, chosen: [3, 62] };
    await act({ type: "wall", wall });
    expect(wallOf(await reload(), model)).toEqual(wall);
    await act({ type: "forget" });
    expect(device.list.walls).toEqual({});
  });

  it("a name that cannot be given is said, and the model can be saved all the same", async () => {
    await drop("cats");
    const model = await finish();
    tab.machine.send({ type: "rename", name: "pets" });
    const latest = tab.machine.latest();
    await all();
    expect([await latest, ...device.models.values()]).toEqual([
      { ...model, name: "pets" },
      { ...model, name: "pets" },
    ]);
    const { problem } = await act({ type: "rename", name: "" });
    expect([shownModel(tab.machine.state)?.name, problem]).toEqual(["pets", expect.stringContaining("keeps its name")]);
  });

  it("why nothing can be done is no longer said once it can", async () => {
    await drop("cats");
    const other = device.visit();
    await all();
    await learn();
    await all();
    device.send(other, { type: "undo" });
    expect(other.machine.state.refusal).toBe("Another tab is learning. You can go on here when it is done.");
    device.learn(tab, 7);
    await all();
    expect([other.machine.state.phase.name, other.machine.state.refusal, other.machine.state.problem]).toEqual(["open", "", ""]);
  });

  it("what is kept is read anew only once all that was done is kept", async () => {
    await drop("cats");
    await learn();
    await reload();
    await act({ type: "pause" });
    await reload();
    device.send(tab, { type: "give up" });
    tab.machine.send({ type: "changed" });
    for (let k = 0; k < 30; k++) await device.happen(1); // what comes later first
    expect(tab.machine.state.phase.name).toBe("open");
  });

  it("a run that begins shows the models that are kept", async () => {
    await drop("cats");
    const other = device.visit();
    await all();
    other.isHidden = true;
    const model = await finish();
    device.send(other, { type: "train", begin: { seed: "s" } });
    await all();
    expect(other.machine.state.models).toEqual([model]);
  });

  it("where there is no room it says what is not kept", async () => {
    device.hasRoom = false;
    expect((await drop("cats")).problem).toBe("This device has no room to keep your pictures: they are here until you close this page.");
    await finish();
    expect(tab.machine.state.status).toMatch(/^Done after .* This device has no room to keep the model: save its files\.$/);
  });

  it("pictures for which there is no room stay in their tab, whatever another one changes meanwhile", async () => {
    device.hasRoom = false;
    tab.machine.send(chooseOf({ cats: 1 }));
    await device.happen(0); // they are read, and about to be kept
    tab.machine.send({ type: "changed" });
    await all();
    expect([namesOf(tab.machine.state), tab.machine.state.phase.name]).toEqual([["cats"], "open"]);
  });
});

const setOf = (...pictures: Picture[]): PictureSet => ({ ...NO_PICTURES, classes: [{ key: "", name: "a", pictures }] });

it("pictures that cannot be learned: of one colour each, in classes of one name, or of names that no file holds", () => {
  const [two, plain] = [picture(), { ...picture(), cover: new Uint8Array(8).fill(255) }];
  const white = { ...plain, cover: Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0) }; // on transparency
  expect([setOf(plain, plain), setOf(plain, two), setOf(white, white)].map(faultOf)).toEqual([
    "These pictures are of one colour each: there is nothing to learn.",
    "",
    "",
  ]);
  const named = (...names: string[]) => ({ ...NO_PICTURES, classes: names.map((name) => ({ key: name, name, pictures: [two] })) });
  expect(faultOf(named("a", "a"))).toBe("Two classes have the same name.");
  for (const wrong of ["<b>", "\u2028a", "\u2800", "あ".repeat(22)])
    expect(faultOf(named("a", wrong))).toBe(
      `The class "${wrong}" has a name that a model's file cannot hold: too long, invisible, or with < > " or \`.`,
    );
});

it("a folder of any name is learned: the model's file holds it, or one like it", () => {
  const about = (name: string) => aboutOf({ name, crop: "cover", ground: "ffffff" } as Folder, undefined);
  expect([about("Ça"), about('my "cats"')]).toMatchObject([{ data: "Ça" }, { data: "my-cats" }]);
});

describe("words", () => {
  const progress = { step: 10, steps: 40, batch: 32, isMore: false, imagesPerSecond: 64 };
  it.each([
    [{}, 0.25, "320 of about 1,280 looks at your pictures: 64 a second, 15 s left."],
    [{ coolingFrom: 5 }, 0.25, "320 of 1,280 looks at your pictures: 64 a second, 15 s left."],
    [{ steps: 1, step: 0, download: 0.5 }, 0.5, ""],
    [{ steps: 1, step: 0 }, undefined, ""],
  ])("while it learns: %j", (now, share, sentence) => {
    expect(workNote({ phase: { name: "learning", isPaused: false }, progress: { ...progress, ...now } })).toEqual({
      ...(share && { share }),
      sentence,
    });
  });

  it.each([
    [{ learned: 1 }, "It learned from one picture: so few it recombines rather than invents. It draws."],
    [{ learned: 5000, labels: ["a", "b"] }, "It draws. Its classes: a, b."],
    [{ learned: 0, verdict: undefined }, "“pets” was opened from its file."],
    [{ learned: 5000, labels: [..."abcdefghijklm"] }, "It draws. Its classes: a, b, c, d, e, f, g, h, i, j, k, l and 1 more."],
  ])("what became of a run: %j", (outcome, sentence) =>
    expect(verdictOn({ name: "pets", labels: ["a"], verdict: "It draws.", ...outcome })).toBe(sentence),
  );

  it("how many pictures are not square, and the other way", () => {
    const set = setOf(picture(), { ...picture(), width: 2 });
    expect(cropNote(set)).toBe("One of them is not square: up to 50 % of a picture is cut off. “Whole” keeps all of it.");
    expect(cropNote({ ...set, crop: "contain" })).toContain("“Cut to fill” makes");
    expect(cropNote(setOf({ ...picture(), width: 2 }))).toBe("");
  });

  it("pixel art is seen at its size, and its transparency is said", () => {
    const size = { width: 20, height: 16 };
    const rgba = new Uint8Array(
      new Uint32Array(size.width * size.height).map((_, i) => (i === 0 ? 0 : 0xff000000 + (i % 2) * 0x090909)).buffer,
    );
    const sprite = (isTransparent: boolean): Picture => ({
      ...picture(isTransparent),
      ...size,
      sprite: spriteOf(rgba, size),
      large: { cover: rgba },
    });
    const art = setOf(sprite(true), sprite(false), sprite(true));
    expect(sightNote(art)).toBe(
      "3 pictures, as the network sees them. 2 of 3 are transparent: what it draws is cut out, too. Pixel art of 2 colours: it learns and draws these alone, at 20x16, never blended.",
    );
    const { width, height, crop, palette, classes } = folderOf(art);
    const [{ pixels, large }] = classes[0].pictures;
    expect([width, height, crop, palette, pixels, large]).toEqual([20, 16, "center", ["000000", "090909"], rgba, undefined]);
    const nearly = setOf(sprite(true), sprite(true), { ...picture(true), path: "photo.jpg" });
    expect(sightNote(nearly)).toContain(
      'Not learned as pixel art: 1 of 3 pictures without exact colours, such as JPEG files ("photo.jpg").',
    );
    expect(folderOf(nearly)).toMatchObject({ palette: undefined, isNearlyArt: true });
    const mixed = setOf(sprite(true), picture(true));
    expect(sightNote(mixed)).toBe("2 pictures, as the network sees them. 2 of 2 are transparent: what it draws is cut out, too.");
    expect(folderOf(mixed)).toMatchObject({ width: 32, height: 32, crop: "cover", palette: undefined });
  });
});
