/** Has the effects of `reduce.ts` happen, and tells it what came of them. What a browser gives is passed in. */
import type { PictureSet } from "./picture-set.ts";
import type { Begin, LearnerProgress, LearnerResult, Outcome } from "./protocol.ts";
import { reduce } from "./reduce.ts";
import { type Effect, type Event, INITIAL, type Loaded, type State } from "./state.ts";
import type { Store, StoreChange } from "./store.ts";
import type { Lock, Release } from "./tabs.ts";

/** A thread that learns. */
export interface Learner {
  pause(isPaused: boolean): void;
  stop(): void;
  /** Ends it at once: what it has learned and not kept is lost. */
  end(): void;
}

export interface PageHost<Source> {
  readonly store: Store;
  readonly lock: Lock;
  tellOthers(): void;
  /** Throws an Error with a sentence for the visitor. */
  load(effect: Extract<Effect<Source>, { type: "load" }>, onProgress: (done: number, of: number) => void): Promise<Loaded>;
  /** Starts a thread. `hear` gets the result last, unless the thread is ended. */
  learn(set: PictureSet, begin: Begin | undefined, hear: (event: LearnerProgress | LearnerResult) => void): Learner;
  /** The same model under another name, in its files, too. */
  rename(outcome: Outcome, name: string): Promise<Outcome>;
}

export class Machine<Source> {
  state: State = INITIAL;
  readonly #host: PageHost<Source>;
  readonly #show: (state: State, before: State) => void;
  #learner: Learner | undefined;
  #release: Release | undefined;
  /** What is under way and decides what is saved and read next. */
  #last: Promise<unknown> = Promise.resolve();

  /** `show` is called after each event. */
  constructor(host: PageHost<Source>, show: (state: State, before: State) => void) {
    this.#host = host;
    this.#show = show;
  }

  /** Reads what is kept; the first thing to do. */
  open(): void {
    this.#run({ type: "open" });
  }

  /** Once what was done so far is kept, and the model has its last name. */
  get settled(): Promise<unknown> {
    return this.#last;
  }

  send(event: Event<Source>): void {
    const before = this.state;
    const [state, ...effects] = reduce(before, event);
    this.state = state;
    this.#show(state, before);
    for (const effect of effects) this.#run(effect);
  }

  /** Nothing that it awaits throws. */
  async #run(effect: Effect<Source>): Promise<void> {
    const { store, lock } = this.#host;
    switch (effect.type) {
      case "open": {
        await this.#last; // a run that has just ended gives its right back first
        const opened = await store.open();
        return this.send({ type: "opened", opened, isElsewhere: await lock.isTaken() });
      }
      case "load":
        return this.#load(effect);
      case "keep":
        return this.#after(this.#keep(effect.change));
      case "rename":
        return this.#after(this.#rename(effect.outcome, effect.name));
      case "start":
        return this.#start(effect.set, effect.begin);
      case "pause":
        return this.#learner?.pause(effect.isPaused);
      case "stop":
        return this.#learner?.stop();
      case "end":
        return this.#after(this.#end(effect.change));
      case "wait":
        await lock.untilFree();
        return this.send({ type: "free" });
    }
  }

  #after(work: Promise<void>): Promise<void> {
    this.#last = Promise.all([this.#last, work]);
    return work;
  }

  async #keep(change: StoreChange): Promise<void> {
    const kept = await this.#host.store.change(change);
    if (kept === "kept") this.#host.tellOthers();
    this.send({ type: "kept", change, kept });
  }

  async #load(effect: Extract<Effect<Source>, { type: "load" }>): Promise<void> {
    try {
      const loaded = await this.#host.load(effect, (done, of) => this.send({ type: "files read", done, of }));
      this.send({ type: "loaded", loaded });
    } catch (error) {
      this.send({ type: "unread", sentence: (error as Error).message });
    }
  }

  async #rename(outcome: Outcome, name: string): Promise<void> {
    const renamed = await this.#host.rename(outcome, name).catch((error) => console.warn(error));
    this.send({ type: "renamed", outcome: renamed ?? undefined });
  }

  async #start(asked: PictureSet, begin: Begin | undefined): Promise<void> {
    this.#release = await this.#host.lock.take();
    if (!this.#release) return this.send({ type: "taken" });
    await this.#after(this.#keep({ run: { isPaused: false }, edit: { crop: asked.crop } })); // from now on no tab changes the pictures
    const { set } = this.state.isWhole ? await this.#host.store.open() : { set: asked };
    const hear = (event: LearnerProgress | LearnerResult): void => {
      if (this.#learner !== learner) return; // it was ended
      this.send(event.type === "finished" || event.type === "failed" ? event : { type: "progress", progress: event });
    };
    const learner: Learner = this.#host.learn(set, begin, hear);
    this.#learner = learner;
    this.send({ type: "started", set });
  }

  /** Of a run that no thread has: unless another tab has taken it up. */
  async #end(change: StoreChange): Promise<void> {
    this.#learner?.end();
    this.#learner = undefined;
    const release = this.#release ?? (await this.#host.lock.take());
    this.#release = undefined;
    if (!release) return this.send({ type: "taken" });
    await this.#keep(change);
    release();
  }
}
