import { gaussianQuantile, type RandomState, seedState, uniforms } from "../../wasm-model/sampling/random.ts";

/** Random numbers one after the other, from the draws 0, 1, 2, ... of a seed. */
export class RandomNumbers {
  readonly #state: RandomState;
  readonly #numbers = new Float64Array(1024);
  #next = 0;

  constructor(seed: string) {
    this.#state = seedState(seed);
  }

  /** In (0, 1). */
  uniform(): number {
    const at = this.#next++ % this.#numbers.length;
    if (at === 0) uniforms(this.#state, (this.#next - 1) / this.#numbers.length, this.#numbers);
    return this.#numbers[at]!;
  }

  /** Of the standard Gaussian. */
  gaussian(): number {
    return gaussianQuantile(this.uniform());
  }
}
