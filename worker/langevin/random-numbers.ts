/** Random numbers one at a time. */
import { gaussianQuantile, type RandomState, seedState, uniforms } from "../../wasm-model/sampling/random.ts";

/** A sequence of random numbers: the draws 0, 1, 2, ... of a seed. */
export class RandomNumbers {
  readonly #state: RandomState;
  readonly #numbers = new Float64Array(1024);
  #next = 0;

  constructor(seed: string) {
    this.#state = seedState(seed);
  }

  /** Uniform in (0, 1). */
  uniform(): number {
    const at = this.#next++ % this.#numbers.length;
    if (at === 0) uniforms(this.#state, (this.#next - 1) / this.#numbers.length, this.#numbers);
    return this.#numbers[at];
  }

  /** Standard Gaussian. */
  gaussian(): number {
    return gaussianQuantile(this.uniform());
  }
}
