/**
 * Requests that need the same thing at the same time: one makes it and the others get it. A promise of one request must not be settled by another, and never settles once
 * its own has ended; so each waiting request looks again by a timer of its own, and when the one that makes it disconnects, another takes over.
 */
import { wait } from "../../wasm-model/render/turn.ts";

interface Flight<T> {
  made?: { readonly value: T };
  isOver: boolean;
}

/** Milliseconds: the longest between two looks; and after which a request waits no longer, should the one that makes it have ended without notice. */
const LONGEST_WAIT = 250;
const PATIENCE = 10_000;

export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** What this key names, from another request if one is making it. Throws what `make` throws, the signal's reason when aborted. */
  async once(key: string, signal: AbortSignal, make: () => Promise<T>): Promise<{ readonly value: T; readonly isShared: boolean }> {
    for (let other = this.#flights.get(key); other; other = this.#flights.get(key)) {
      await end(other, signal);
      if (other.made) return { ...other.made, isShared: true };
      if (this.#flights.get(key) === other) this.#flights.delete(key);
    }
    const flight: Flight<T> = { isOver: false };
    this.#flights.set(key, flight);
    const land = () => {
      flight.isOver = true;
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    signal.addEventListener("abort", land, { once: true }); // the platform may end the request without running its `finally`
    try {
      flight.made = { value: await make() };
      return { ...flight.made, isShared: false };
    } finally {
      land();
    }
  }
}

/** Waits for the end of a flight, at most half as long again as it takes and not longer than PATIENCE. Throws the signal's reason when aborted. */
async function end(flight: Flight<unknown>, signal: AbortSignal): Promise<void> {
  for (let waited = 0; !flight.isOver && waited < PATIENCE; ) {
    const pause = Math.min(1 + waited / 2, LONGEST_WAIT);
    await wait(pause);
    signal.throwIfAborted();
    waited += pause;
  }
}
