/**
 * If several requests need the same thing at the same time, one makes it and the others wait. In Workers a request may
 * not settle another one's promise, and a promise never settles once its own request has ended. So each waiting request
 * polls with its own timer. If the request that makes the thing disconnects, another takes over.
 */
import { wait } from "../../wasm-model/render/turn.ts";

interface Call<T> {
  made?: { readonly value: T };
  isOver: boolean;
}

/**
 * Milliseconds. LONGEST_WAIT: the longest time between two looks. PATIENCE: the longest that a request waits, in case
 * the request that makes the thing has ended without notice.
 */
const LONGEST_WAIT = 250;
const PATIENCE = 10_000;

export class Once<T> {
  readonly #calls = new Map<string, Call<T>>();

  /**
   * The value of this key, from another request if one is making it. `hold` is called before a wait for that, and what it returns
   * after the wait. Throws what `make` and `hold` throw, the signal's reason when aborted.
   */
  async once(
    key: string,
    signal: AbortSignal,
    make: () => Promise<T>,
    hold?: () => () => void,
  ): Promise<{ readonly value: T; readonly isShared: boolean }> {
    for (let other = this.#calls.get(key); other; other = this.#calls.get(key)) {
      const release = hold?.();
      await end(other, signal).finally(release);
      if (other.made) return { ...other.made, isShared: true };
      if (this.#calls.get(key) === other) this.#calls.delete(key);
    }
    const call: Call<T> = { isOver: false };
    this.#calls.set(key, call);
    const settle = () => {
      call.isOver = true;
      if (this.#calls.get(key) === call) this.#calls.delete(key);
    };
    signal.addEventListener("abort", settle, { once: true }); // the platform may end the request without running its `finally`
    try {
      call.made = { value: await make() };
      return { ...call.made, isShared: false };
    } finally {
      settle();
    }
  }
}

/**
 * Waits for the end of a call: at most 1.5 times as long as it takes, and not longer than PATIENCE. Throws the signal's
 * reason when aborted.
 */
async function end(call: Call<unknown>, signal: AbortSignal): Promise<void> {
  for (let waited = 0; !call.isOver && waited < PATIENCE; ) {
    const pause = Math.min(1 + waited / 2, LONGEST_WAIT);
    await wait(pause);
    signal.throwIfAborted();
    waited += pause;
  }
}
