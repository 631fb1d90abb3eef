/** Has the effects of `reduce.ts` happen, and tells it what came of them. What a browser gives is passed in. */
import { inWords } from "../shared/errors.ts";
import type { PictureSet } from "./picture-set.ts";
import type { Begin, LearnerProgress, LearnerResult, Outcome } from "./protocol.ts";
import { reduce } from "./reduce.ts";
import { type Effect, type Event, INITIAL, type Loaded, type State, shownModel } from "./state.ts";
import type { Store, StoreChange } from "./store.ts";
import type { Lock, Release } from "./tabs.ts";

/** A thread that learns. */
export interface Learner {
  pause(isPaused: boolean): void;
  stop(): void;
  /** Ends it at once: what it has learned and not kept is lost. */
  end(): void;
}

export interface PageHost {
  readonly store: Store;
  readonly lock: Lock;
  tellOthers(): void;
  /** May throw a VisitorError. */
  load(effect: Extract<Effect, { type: "load" }>, onProgress: (done: number, of: number) => void): Promise<Loaded>;
  /** Starts a thread. `hear` gets the result last, unless the thread is ended. */
  learn(set: PictureSet, begin: Begin | undefined, hear: (event: LearnerProgress | LearnerResult) => void): Learner;
  /** The same model under another name, in its files, too. */
  rename(outcome: Outcome, name: string): Promise<Outcome>;
}

export class Machine {
  state: State = INITIAL;
  readonly #host: PageHost;
  readonly #show: (state: State, before: State) => void;
  #learner: Learner | undefined;
  #release: Release | undefined;
  /** What is kept, read, begun and ended, one after the other. */
  #last: Promise<void> = Promise.resolve();

  /** `show` is called after each event. */
  constructor(host: PageHost, show: (state: State, before: State) => void) {
    this.#host = host;
    this.#show = show;
  }

  /** Reads what is kept; the first thing to do. */
  open(): void {
    this.#run({ type: "open" });
  }

  /** The model that is shown, once what was done so far is kept and it has its last name. */
  async latest(): Promise<Outcome> {
    await this.#last;
    return shownModel(this.state)!;
  }

  send(event: Event): void {
    const before = this.state;
    const [state, ...effects] = reduce(before, event);
    this.state = state;
    this.#show(state, before);
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case "load":
        this.#load(effect);
        break;
      case "pause":
        this.#learner?.pause(effect.isPaused);
        break;
      case "stop":
        this.#learner?.stop();
        break;
      case "wait":
        this.#host.lock.untilFree().then(() => this.send({ type: "free" }));
        break;
      default:
        if (effect.type === "end") {
          this.#learner?.end();
          this.#learner = undefined;
        }
        this.#last = this.#last.then(() => this.#inTurn(effect)).catch((error) => console.error(error));
    }
  }

  async #inTurn(effect: Exclude<Effect, { type: "load" | "pause" | "stop" | "wait" }>): Promise<void> {
    const { store, lock, rename } = this.#host;
    switch (effect.type) {
      case "open": {
        const opened = await store.open();
        return this.send({ type: "opened", opened, isElsewhere: await lock.isTaken() });
      }
      case "keep":
        return this.#keep(effect.change);
      case "rename": {
        const outcome = await rename(effect.outcome, effect.name).catch((error) => console.warn(error));
        return this.send({ type: "renamed", outcome: outcome ?? undefined });
      }
      case "start":
        return this.#start(effect.set, effect.begin);
      case "end": {
        this.#release ??= await lock.take(); // of a run that no thread has: unless another tab has taken it up
        if (!this.#release) return this.send({ type: "taken" });
        await this.#keep(effect.change);
        this.#release();
        this.#release = undefined;
      }
    }
  }

  async #keep(change: StoreChange): Promise<void> {
    const kept = await this.#host.store.change(change);
    if (kept === "kept") this.#host.tellOthers();
    this.send({ type: "kept", change, kept });
  }

  async #load(effect: Extract<Effect, { type: "load" }>): Promise<void> {
    try {
      const loaded = await this.#host.load(effect, (done, of) => this.send({ type: "files read", done, of }));
      this.send({ type: "loaded", loaded });
    } catch (error) {
      this.send({ type: "unread", sentence: inWords(error, "This browser cannot read them.") });
    }
  }

  async #start(asked: PictureSet, begin: Begin | undefined): Promise<void> {
    const { store, lock, learn } = this.#host;
    this.#release = await lock.take();
    if (!this.#release) return this.send({ type: "taken" });
    await this.#keep({ run: { isPaused: false }, edit: { crop: asked.crop } }); // from now on no tab changes the pictures
    const { set, models, shown, walls } = this.state.isWhole ? await store.open() : { ...this.state, set: asked };
    const hear = (event: LearnerProgress | LearnerResult): void => {
      if (this.#learner !== learner) return; // it was ended
      this.send(event.type === "finished" || event.type === "failed" ? event : { type: "progress", progress: event });
    };
    const learner: Learner = learn(set, begin, hear);
    this.#learner = learner;
    this.send({ type: "started", kept: { set, models, shown, walls } });
  }
}
