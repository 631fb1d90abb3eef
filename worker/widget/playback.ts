/** Shows pictures that come faster than one can see, one after the other. */
import type { Pixels } from "../../wasm-model/render/image/png.ts";

/** How long each stays, in milliseconds: as in the service's animations. */
const FRAME = 100;

export class Playback {
  readonly #show: (picture: Pixels) => void;
  readonly #signal: AbortSignal;
  #last: Promise<void> = Promise.resolve();

  constructor(show: (picture: Pixels) => void, signal: AbortSignal) {
    this.#show = show;
    this.#signal = signal;
  }

  add(picture: Pixels): void {
    this.#last = this.#last.then(async () => {
      if (this.#signal.aborted) return;
      this.#show(picture);
      await new Promise((resolve) => setTimeout(resolve, FRAME));
    });
  }

  /** Resolves when all have been seen. */
  finished(): Promise<void> {
    return this.#last;
  }
}
