/** Has the effects of `reduce.ts` happen, tells it what came of them, and has what changes kept. What a browser gives is passed in. */
import { errorSentence } from "../shared/dom.ts";
import type { PictureSet } from "./picture-set.ts";
import type { Begin, LearnerProgress, LearnerResult, RunRecord } from "./protocol.ts";
import { type Event, reduce } from "./reduce.ts";
import { type Effect, INITIAL, type Loaded, type State } from "./state.ts";
import type { Kept } from "./store.ts";

/** A thread that learns. */
export interface Learner {
  /** Resolves once what it has learned is kept, if it pauses. */
  pause(isPaused: boolean): Promise<void>;
  stop(): void;
  /** Ends it at once: what it has learned and not kept is lost. */
  end(): void;
}

type Keeping = Pick<typeof import("./store.ts"), "open" | "persist">;

export interface PageHost extends Keeping, Pick<typeof import("./owner.ts"), "takeOwnership" | "giveOwnership"> {
  load(effect: Extract<Effect, { type: "load" }>, onProgress: (done: number, of: number) => void): Promise<Loaded>;
  /** Starts a thread. `hear` gets the result last, unless the thread is ended. */
  learn(set: PictureSet, run: RunRecord, begin: Begin | undefined, hear: (event: LearnerProgress | LearnerResult) => void): Learner;
}

const isSame = (one: Kept, other: Kept): boolean =>
  one.set === other.set && one.model === other.model && one.wall === other.wall && one.run === other.run;

export class Machine {
  state: State = INITIAL;
  readonly #host: PageHost;
  readonly #show: (state: State, before: State) => void;
  #learner: Learner | undefined;
  #isOwner = false;
  /** What is kept, once the owner has read it. */
  #kept: Kept | undefined;
  /** What is opened, kept and let go, one after the other. */
  #last: Promise<void> = Promise.resolve();

  /** `show` is called after each event. */
  constructor(host: PageHost, show: (state: State, before: State) => void) {
    this.#host = host;
    this.#show = show;
  }

  /** The first thing to do. */
  open(): void {
    this.#run({ type: "open", isAsked: false });
  }

  send(event: Event): void {
    const before = this.state;
    const [state, effect] = reduce(before, event);
    this.state = state;
    if (!isSame(before, state) || event.type === "opened") this.#inTurn(() => this.#persist(state));
    if (effect) this.#run(effect);
    this.#show(state, before);
  }

  #run(effect: Effect): void {
    this.#perform(effect).catch((error) => this.send({ type: "broken", effect: effect.type, sentence: errorSentence(error, "") }));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #perform(effect: Effect): Promise<void> {
    const host = this.#host;
    switch (effect.type) {
      case "open":
        return this.#open(effect.isAsked);
      case "let go":
        return this.#inTurn(() => this.#letGo());
      case "load": {
        const onProgress = (done: number, of: number): void => this.send({ type: "files read", done, of });
        return this.send({ type: "loaded", loaded: await host.load(effect, onProgress) });
      }
      case "start":
        return this.#start(effect);
      case "pause":
        return this.#learner?.pause(effect.isPaused);
      case "stop":
        return this.#learner?.stop();
      case "end":
        return this.#end();
    }
  }

  async #open(isAsked: boolean): Promise<void> {
    await this.#host.takeOwnership(isAsked, () => this.#lose());
    this.#isOwner = true;
    return this.#inTurn(async () => {
      const opened = await this.#host.open();
      if (!this.#isOwner) return; // another tab has it by now
      this.#kept = opened.kept;
      this.send({ type: "opened", ...opened });
    });
  }

  #lose(): void {
    this.#disown();
    this.send({ type: "lost" });
  }

  #disown(): void {
    this.#isOwner = false;
    this.#kept = undefined;
  }

  async #letGo(): Promise<void> {
    await this.#learner?.pause(true).catch((error) => console.warn(error));
    this.#end();
    this.#disown();
    this.#host.giveOwnership();
  }

  async #persist(after: Kept): Promise<void> {
    const before = this.#kept;
    if (!before) return;
    const result = isSame(before, after) ? "kept" : await this.#host.persist(before, after);
    if (this.#kept !== before) return; // another tab has it by now
    if (result === "lost") return this.#lose();
    const isKept = result === "kept";
    if (isKept) this.#kept = after;
    if (this.state.isKept !== isKept) this.send({ type: "persisted", isKept });
  }

  #start({ set, run, begin }: Extract<Effect, { type: "start" }>): void {
    this.#end();
    const learner = this.#host.learn(set, run, begin, (event) => {
      if (this.#learner !== learner) return; // it was ended
      this.send("type" in event ? event : { type: "progress", progress: event });
    });
    this.#learner = learner;
  }

  #end(): void {
    this.#learner?.end();
    this.#learner = undefined;
  }
}
