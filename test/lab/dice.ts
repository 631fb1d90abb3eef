/** Random choices from a seed, the same everywhere. */
import { seedState, uniforms } from "../../wasm-model/sampling/random.ts";

const DRAWN = 64;

export class Dice {
  private readonly state: ReturnType<typeof seedState>;
  private readonly drawn = new Float64Array(DRAWN);
  private used = 0;

  constructor(seed: string) {
    this.state = seedState(seed);
  }

  /** Uniform in [low, high). */
  number(low = 0, high = 1): number {
    const k = this.used++;
    if (k % DRAWN === 0) uniforms(this.state, k / DRAWN, this.drawn);
    return low + (high - low) * this.drawn[k % DRAWN];
  }

  /** Uniform among the whole numbers from `low` to `high`. */
  integer(low: number, high: number): number {
    return Math.floor(this.number(low, high + 1));
  }

  chance(probability: number): boolean {
    return this.number() < probability;
  }

  one<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)];
  }
}
