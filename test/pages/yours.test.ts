/** "Your pictures" in any order of events: nothing that matters is lost, whatever visitor, learner, another tab and the device do. */
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { spriteOf } from "../../training/data/pixel-art.ts";
import { aboutOf } from "../../worker/pages/yours/dataset.ts";
import { type Learner, Machine, type PageHost } from "../../worker/pages/yours/machine.ts";
import {
  addClass,
  faultOf,
  folderOf,
  NO_PICTURES,
  type PictureSet,
  picturesOf,
  removeFrom,
  renameClass,
  sightOf,
} from "../../worker/pages/yours/picture-set.ts";
import type { LearnerProgress, LearnerResult, Outcome, Picture } from "../../worker/pages/yours/protocol.ts";
import { allows, type Event } from "../../worker/pages/yours/reduce.ts";
import { REFUSALS, type State } from "../../worker/pages/yours/state.ts";
import { type Kept, NOTHING } from "../../worker/pages/yours/store.ts";
import { cropNote, sightNote, statusNote, workNote } from "../../worker/pages/yours/words.ts";

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
const partsOf = ({ set, model, wall, run }: Kept): Kept => ({ set, model, wall, run });

/** What the visitor chooses: names of classes with so many pictures each; without them it cannot be read. */
interface Source {
  readonly classes?: readonly (readonly [name: string, count: number])[];
  readonly isExample?: boolean;
  readonly isTransparent?: boolean;
}

/** A tab on a device on which everything takes its time: `pending` has what is under way. */
class Device {
  machine!: Machine;
  learner: { readonly hear: (event: LearnerProgress | LearnerResult) => void; readonly run: string } | undefined;
  pending: (() => void)[] = [];
  kept: Kept = NOTHING;
  hasLearned = false;
  hasRoom = true;
  /** What the next thing that is asked of the browser does: it throws. */
  isBroken = false;
  owner: "this" | "other" | undefined;
  onLost = (): void => undefined;
  onFree = (): void => undefined;
  /** Keys of what the visitor has ever removed or forgotten, and of what has left otherwise. */
  gone = new Set<string>();
  lost: string[] = [];

  async later<T>(what: () => T): Promise<T> {
    await new Promise<void>((happen) => this.pending.push(happen));
    if (this.isBroken) {
      this.isBroken = false;
      throw new Error("It is broken.");
    }
    return what();
  }

  /** Opens the tab, in place of the one that was there. */
  visit(): void {
    this.pending = [];
    this.learner = undefined;
    if (this.owner === "this") this.owner = undefined;
    const host: PageHost = {
      takeOwnership: async (isAsked, onElsewhere) => {
        this.onFree = (): void => undefined; // an earlier wish is gone
        await this.later(() => undefined);
        while (this.owner === "other" && !isAsked) {
          onElsewhere();
          await new Promise<void>((free) => (this.onFree = free));
        }
        [this.owner, this.onLost] = ["this", onElsewhere];
      },
      giveOwnership: () => (this.owner = "other"),
      open: () => this.later(() => ({ kept: this.kept, hasLearned: this.hasLearned, isDropped: false })),
      persist: async (before, after) => {
        await new Promise<void>((happen) => this.pending.push(happen));
        if (this.owner !== "this") return "lost";
        expect(partsOf(before)).toEqual(this.kept);
        if (!this.hasRoom) return "no room";
        if (before.run?.key !== after.run?.key) this.hasLearned = false;
        this.kept = partsOf(after);
        return "kept";
      },
      load: ({ source: chosen, other }) =>
        this.later(() => {
          const source = chosen as Source;
          const classes = source.classes!.map(([name, count]) => ({
            key: newKey(),
            name: name || other,
            pictures: Array.from({ length: count }, () => picture(source.isTransparent)),
          }));
          return { name: "folder", isExample: source.isExample ?? false, classes, refusals: [] };
        }),
      learn: (_, run, __, hear): Learner => {
        if (this.isBroken) {
          this.isBroken = false;
          throw new Error("There are no threads.");
        }
        this.learner = { hear, run: run.key };
        return { pause: () => this.later(() => this.keepRun()), stop() {}, end: () => (this.learner = undefined) };
      },
    };
    this.machine = new Machine(host, (state, before) => this.watch(state, before));
    this.machine.open();
  }

  /** The learner keeps what it has learned. */
  keepRun(): void {
    if (!this.learner || !this.hasRoom || this.owner !== "this" || this.kept.run?.key !== this.learner.run) return;
    this.hasLearned = true;
    this.learner.hear({ isKept: true });
  }

  /** What leaves the page was removed or replaced, or is as it is kept. */
  watch(state: State, before: State): void {
    if (["opening", "elsewhere"].includes(before.phase.name)) return;
    const stay = new Set(keysOf(before.set.isExample && !state.set.isExample ? before.set : state.set)); // it makes way
    this.lost.push(...keysOf(before.set).filter((key) => !stay.has(key) && !this.gone.has(key)));
    for (const { key } of before.model ? [before.model] : [])
      if (![state.model?.key, state.previous?.model?.key].includes(key) && !this.gone.has(key)) this.lost.push(key);
  }

  /** Sends what the visitor does, and remembers what was to go by it. */
  send(event: Event): void {
    const { state } = this.machine;
    const { set } = state;
    const go = (keys: readonly string[]): void => void keys.map((key) => this.gone.add(key));
    if (event.type === "clear") go(keysOf(set));
    if (event.type === "choose" && set.isExample && allows(state, "choose")) go(keysOf(set));
    if (event.type === "forget" && state.model) go([state.model.key]);
    this.machine.send(event);
  }

  /** The visitor removes the picture or the class of this key. */
  remove(gone: string): void {
    const { set } = this.machine.state;
    for (const key of [gone, ...keysOf({ ...set, classes: set.classes.filter(({ key }) => key === gone) })]) this.gone.add(key);
    this.machine.send({ type: "edit", of: (set) => removeFrom(set, gone) });
  }

  /** The learner does something. */
  learn(n: number): void {
    const { learner } = this;
    if (!learner) return;
    const { hear } = learner;
    if (n === 0) hear({ steps: 9, batch: 1 });
    else if (n < 5) hear({ step: n, imagesPerSecond: 1 });
    else if (n === 5) this.keepRun();
    else if (n === 6) hear({ isLearned: true });
    else if (n === 7) {
      const outcome = modelOf();
      hear({ type: "finished", outcome });
      if (this.machine.state.model !== outcome) this.lost.push(outcome.key);
    } else hear({ type: "failed", sentence: "It failed.", leadsNowhere: n === 8 });
  }

  async happen(n: number): Promise<void> {
    this.pending.splice(n % Math.max(1, this.pending.length), 1)[0]?.();
    await setImmediate();
  }

  async all(): Promise<void> {
    await setImmediate();
    while (this.pending.length > 0) await this.happen(0);
  }
}

const WAYS = ["use here", "choose", "pause", "go on", "stop", "give up"] as const;

/** That nothing is lost, what is kept is what is shown or the page says that it is not, and there is a way on. */
function expectWell({ machine: { state }, kept, lost, owner, learner }: Device): void {
  expect(lost).toEqual([]);
  expect([state.phase.name, WAYS.some((way) => allows(state, way))]).toEqual([state.phase.name, true]);
  expect(learner !== undefined).toBe(["learning", "finishing"].includes(state.phase.name));
  if (owner !== "this") return;
  if (state.isKept) expect(partsOf(state)).toEqual(kept);
}

type Act = (device: Device, n: number) => unknown;

const send =
  (of: (state: State, n: number) => Event | undefined): Act =>
  (device, n) => {
    const event = of(device.machine.state, n);
    if (event) device.send(event);
  };

const edit = (of: (set: PictureSet) => PictureSet) => ({ type: "edit", of }) as const;
const chooseOf = (classes: Readonly<Record<string, number>>, also: Source = {}) =>
  ({ type: "choose", source: { classes: Object.entries(classes), ...also } }) as const;

const ACTS: Readonly<Record<string, Act>> = {
  drop: send((_, n) => chooseOf({ "": n, cats: 1, dogs: n })),
  "drop what cannot be read": send(() => ({ type: "choose", source: {} })),
  example: send((state) => (state.set.classes.length === 0 ? chooseOf({ ghost: 2 }, { isExample: true }) : undefined)),
  "add to a class": send(({ set }, n) => ({ ...chooseOf({ "": 2 }), into: set.classes[n % set.classes.length]?.key })),
  "remove a picture": (device, n) => device.remove(keysOf(device.machine.state.set)[n] ?? ""),
  "remove a class": (device, n) => device.remove(device.machine.state.set.classes[n]?.key ?? ""),
  clear: send(() => ({ type: "clear" })),
  undo: send(({ removed }) => removed && edit(() => removed.before)),
  "add a class": send(() => edit((set) => addClass(set, newKey()))),
  "rename a class": send((_, n) => edit((set) => renameClass(set, set.classes[n]?.key ?? "", `class ${n}`))),
  crop: send((_, n) => edit((set) => ({ ...set, crop: n % 2 ? "cover" : "contain" }))),
  train: send(() => ({ type: "train", begin: { seed: "s" } })),
  "learn more": send(() => ({ type: "learn more" })),
  pause: send(() => ({ type: "pause" })),
  "go on": send(() => ({ type: "go on" })),
  stop: send(() => ({ type: "stop" })),
  "give up": send(() => ({ type: "give up" })),
  back: send(() => ({ type: "back" })),
  forget: send(() => ({ type: "forget" })),
  wall: send((_, n) => ({ type: "wall", wall: { first: n, chosen: [n] } })),
  "rename the model": send((_, n) => ({ type: "rename", name: `name ${n}` })),
  learner: (device, n) => device.learn(n),
  reload: (device) => device.visit(),
  room: (device, n) => (device.hasRoom = n > 2),
  "something breaks": (device) => (device.isBroken = true),
  "another tab asks for what is kept": send(() => ({ type: "let go" })),
  "another tab takes it": (device) => {
    const { owner } = device;
    device.owner = "other";
    if (owner === "this") device.onLost();
  },
  "another tab takes it where there are no locks": (device) => (device.owner = "other"),
  "another tab closes": (device) => {
    if (device.owner !== "other") return;
    device.owner = undefined;
    device.onFree();
  },
  "use it here": send(() => ({ type: "use here" })),
};

/** Acts, and how much of what is under way happens after each: often all. */
const STEPS = fc.array(
  fc.record({
    act: fc.constantFrom(...Object.keys(ACTS), ...Array(6).fill("learner"), "drop", "train", "train", "use it here"),
    n: fc.nat(9),
    happen: fc.oneof(fc.constant("all" as const), fc.array(fc.nat(9), { maxLength: 6 })),
  }),
  { minLength: 1, maxLength: 50, size: "max" },
);

describe("whatever happens", () => {
  it("no picture leaves but by the visitor, each finished model can be saved, what is kept is what is shown, and there is a way on", async () => {
    for (const name of ["error", "warn"] as const) vi.spyOn(console, name).mockImplementation(() => undefined);
    await fc.assert(
      fc.asyncProperty(STEPS, async (steps) => {
        const device = new Device();
        device.visit();
        await setImmediate();
        for (const { act, n, happen } of steps) {
          ACTS[act](device, n);
          await setImmediate();
          for (const k of happen === "all" ? [] : happen) await device.happen(k);
          expect(device.lost).toEqual([]);
          if (happen !== "all") continue;
          await device.all();
          expectWell(device);
        }
        await device.all();
        expectWell(device);
      }),
      { numRuns: 300 },
    );
  });
});

describe("in this order", () => {
  let device: Device;
  const act = async (event: Event): Promise<State> => {
    device.send(event);
    await device.all();
    return device.machine.state;
  };
  const drop = (...names: string[]) => act(chooseOf(Object.fromEntries(names.map((name) => [name, 2]))));
  /** Begins a run, of which the learner does these things. */
  const learn = async (...does: number[]): Promise<State> => {
    await act({ type: "train", begin: { seed: "s" } });
    for (const n of [0, 1, ...does]) device.learn(n);
    await device.all();
    return device.machine.state;
  };
  const finish = async (): Promise<Outcome> => (await learn(7)).model!;
  const reload = async (): Promise<State> => {
    device.visit();
    await device.all();
    return device.machine.state;
  };
  const namesOf = ({ set }: State): string[] => set.classes.map(({ name }) => name);

  beforeEach(async () => {
    device = new Device();
    device.visit();
    await device.all();
  });

  it.each(["pause", "stop"] as const)("a %s outlives a reload, and a first run can be given up", async (type) => {
    await drop("cats");
    await learn(5);
    await act({ type });
    const reloaded = await reload();
    expect([reloaded.phase.name, statusNote(reloaded)]).toEqual(["halted", "Training is paused. It is saved on this device."]);
    expect((await act({ type: "go on" })).phase).toEqual({ name: "learning", isPaused: false });
    const { hear } = device.learner!;
    expect((await act({ type: "give up" })).phase.name).toBe("open");
    hear({ type: "finished", outcome: modelOf() }); // it was on its way
    await device.all();
    expect([device.kept.run, device.hasLearned, device.machine.state.model]).toEqual([undefined, false, undefined]);
  });

  it("a run that failed waits, also after a reload, and its pictures stay until it is given up", async () => {
    await drop("cats");
    const { phase, problem } = await learn(5, 9);
    expect([phase.name, problem]).toEqual(["halted", "It failed."]);
    const dropped = await drop("dogs");
    expect([namesOf(dropped), dropped.problem]).toEqual([["cats"], REFUSALS.halted]);
    expect((await reload()).phase.name).toBe("halted");
    const { problem: said } = await act({ type: "give up" });
    expect([said, namesOf(await drop("dogs"))]).toEqual(["", ["cats", "dogs"]]);
  });

  it.each([
    ["that leads nowhere", [5, 8]],
    ["of which nothing is kept", [9]],
  ])("a run %s is gone once it fails", async (_, does) => {
    await drop("cats");
    expect([(await learn(...does)).phase.name, device.kept.run]).toEqual(["open", undefined]);
  });

  it("the example makes way for other pictures as long as it is alone, and a folder of its name never does", async () => {
    const example = chooseOf({ ghost: 2 }, { isExample: true });
    await act(example);
    expect(namesOf(await drop("cats"))).toEqual(["cats"]);
    for (const { key } of device.machine.state.set.classes) await act(edit((set) => removeFrom(set, key)));
    const { set } = await act(example);
    await act({ ...chooseOf({ "": 1 }), into: set.classes[0].key });
    expect(namesOf(await drop("example"))).toEqual(["ghost", "example"]);
    expect(namesOf(await drop("cats"))).toEqual(["ghost", "example", "cats"]);
  });

  it("the last removal is undone, that of a group or of all", async () => {
    const { set } = await drop("cats", "dogs");
    for (const [event, what, left] of [
      [edit((set) => removeFrom(set, keysOf(set)[0])), picturesOf(set)[0].path, ["cats", "dogs"]],
      [edit((set) => removeFrom(set, set.classes[0].key)), "2 pictures of cats", ["dogs"]],
      [{ type: "clear" }, "4 pictures", []],
    ] as const) {
      const { removed, ...state } = await act(event);
      expect([removed!.what, namesOf(state)]).toEqual([what, left]);
      await act(edit(() => removed!.before));
      expect([device.machine.state.set, device.kept.set]).toEqual([set, set]);
    }
  });

  it("transparent pictures are shown whole unless the visitor wants otherwise", async () => {
    const transparent = (name: string) => chooseOf({ [name]: 2 }, { isTransparent: true });
    expect((await act(transparent("cats"))).set.crop).toBe("contain");
    await act(edit((set) => ({ ...set, crop: "cover" })));
    expect((await act(transparent("dogs"))).set.crop).toBe("cover");
  });

  it("a new model replaces the one before, which can be brought back until the page is left; what is forgotten is nowhere", async () => {
    await drop("cats");
    const [a, b] = [await finish(), await finish()];
    const wall = { first: 61, chosen: [3, 62] };
    await act({ type: "wall", wall });
    expect((await act({ type: "back" })).model).toBe(a);
    const { model, wall: again } = await act({ type: "back" });
    expect([model, again, device.kept.model]).toEqual([b, wall, b]);
    expect((await act({ type: "forget" })).model).toBeUndefined();
    expect([device.kept.model, device.kept.wall]).toEqual([undefined, NOTHING.wall]);
    expect((await act({ type: "back" })).model).toBe(a);
    const reloaded = await reload();
    expect([reloaded.model, reloaded.previous]).toEqual([a, undefined]);
  });

  it("another tab gets a run with all that it has learned, and this one shows that it is open there", async () => {
    await drop("cats");
    await learn();
    const { phase, problem } = await act({ type: "let go" });
    expect([phase.name, problem, device.owner, device.hasLearned, device.learner]).toEqual(["elsewhere", "", "other", true, undefined]);
    device.kept = { ...device.kept, wall: { first: 7, chosen: [] } }; // the other tab's
    expect((await act(edit((set) => set))).problem).toBe("Open in another tab.");
    expect((await act({ type: "use here" })).wall.first).toBe(7);
    expect(device.machine.state.phase.name).toBe("learning");
  });

  it("a page that comes before its predecessor has gone takes up the run once it has", async () => {
    await drop("cats");
    await learn(5);
    device.owner = "other";
    expect((await reload()).phase.name).toBe("elsewhere");
    ACTS["another tab closes"](device, 0);
    await device.all();
    expect(device.machine.state.phase.name).toBe("learning");
  });
});

const setOf = (...pictures: Picture[]): PictureSet => ({ ...NO_PICTURES, classes: [{ key: "", name: "a", pictures }] });

it("pictures that cannot be learned: of one colour each, in classes of one name, or of names that no file holds", () => {
  const [two, plain] = [picture(), { ...picture(), cover: new Uint8Array(8).fill(255) }];
  const white = { ...plain, cover: Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0) }; // on transparency
  expect([setOf(plain, plain), setOf(plain, two), setOf(white, white)].map(faultOf)).toEqual([
    "Each of these pictures is of one colour: there is nothing to learn.",
    "",
    "",
  ]);
  const named = (...names: string[]) => ({ ...NO_PICTURES, classes: names.map((name) => ({ key: name, name, pictures: [two] })) });
  expect(faultOf(named("a", "a"))).toBe("Two groups have the same name.");
  for (const wrong of ["<b>", "\u2028a", "\u2800", "あ".repeat(22)])
    expect(faultOf(named("a", wrong))).toBe(`The group "${wrong}" needs another name: shorter, visible, and without < > " or \`.`);
});

it("a folder of any name is learned: the model's file holds it, or one like it", () => {
  const about = (name: string) => aboutOf({ name }, {}, undefined);
  expect([about("Ça"), about('my "cats"')]).toMatchObject([{ data: "Ça" }, { data: "my-cats" }]);
});

describe("words", () => {
  const progress = { step: 10, steps: 40, batch: 32, isKept: true, sheet: [], imagesPerSecond: 64 };
  it.each([
    [{}, 0.25, "25 %, 15 s left"],
    [{ imagesPerSecond: undefined }, 0.25, "25 %"],
    [{ steps: 1, step: 0, download: 0.5 }, 0.5, ""],
    [{ steps: 1, step: 0 }, undefined, ""],
  ])("while it learns: %j", (now, share, sentence) => {
    expect(workNote({ phase: { name: "learning", isPaused: false }, progress: { ...progress, ...now } })).toEqual({
      ...(share && { share }),
      sentence,
    });
  });

  it("pictures are looked at anew if they, the crop or the colours change, and not for a name", () => {
    const set = setOf(picture(), { ...picture(), width: 2 });
    expect(cropNote(set)).toBe("1 picture is not square.");
    const sight = sightOf(set);
    expect(sightOf(renameClass(set, "", "b"))).toBe(sight);
    expect(sightOf({ ...set, crop: "contain" })).not.toBe(sight);
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
    const art = setOf(sprite(true), { ...sprite(false), path: "b.png" }, sprite(true));
    expect(sightNote(art)).toBe(
      '3 pictures. 2 are transparent, so new ones are cut out; opaque are "b.png". Pixel art of 2 colours: it learns and draws these alone, at 20x16, never blended.',
    );
    const { width, height, crop, palette, classes } = folderOf(art);
    const [{ pixels, large }] = classes[0].pictures;
    expect([width, height, crop, palette, pixels, large]).toEqual([20, 16, "center", ["000000", "090909"], rgba, undefined]);
    const odd = { ...picture(true), path: "photo.jpg" };
    const nearly = setOf(sprite(true), sprite(true), sprite(true), odd);
    expect(sightNote(nearly)).toContain(
      '3 of 4 pictures are pixel art; 1 without exact colours, such as JPEG files ("photo.jpg"): learned in the palette of the others.',
    );
    const folder = folderOf(nearly);
    expect(folder).toMatchObject({ width: 20, height: 16, palette: ["000000", "090909"], crop: "center" });
    const oddPixels = folder.classes[0].pictures.at(-1)!.pixels.subarray(0, 4).join();
    expect(["0,0,0,255", "9,9,9,255", "0,0,0,0"]).toContain(oddPixels);
    expect(sightNote(setOf(sprite(true), odd, odd, sprite(true), sprite(true)))).toContain("Not learned as pixel art: 3 of 5 pictures are");
    const mixed = setOf(sprite(true), picture(true));
    expect(sightNote(mixed)).toBe("2 pictures. 2 are transparent, so new ones are cut out.");
    expect(folderOf(mixed)).toMatchObject({ width: 32, height: 32, crop: "cover", palette: undefined });
    const chosen = folderOf({ ...mixed, colours: 64 });
    expect(chosen).toMatchObject({ width: 32, height: 32, crop: "cover", palette: { length: expect.any(Number) } });
    expect(folderOf({ ...art, colours: "all" })).toMatchObject({ width: 32, palette: undefined });
  });
});
