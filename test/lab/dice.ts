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

  /** One of the keys, as often as their weights say. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.number(0, total);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return entries[0][0];
  }

  /** Any colour, as CSS writes it; a third of them are greys, pale or dark. */
  colour(): string {
    const hue = Math.round(this.number(0, 360));
    if (this.chance(0.1)) return `hsl(${hue},${this.integer(0, 12)}%,${this.integer(0, 100)}%)`;
    if (this.chance(0.2)) return `hsl(${hue},${this.integer(30, 100)}%,${this.integer(80, 96)}%)`;
    return `hsl(${hue},${this.integer(25, 100)}%,${this.integer(12, 85)}%)`;
  }
}
