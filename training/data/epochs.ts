/** The order in which training visits images: each epoch all of them once, in an order of its own, as a function of (seed, epoch). */
import { type RandomState, uniforms } from "../../wasm-model/sampling/random.ts";

export class Epochs {
  private readonly order: Int32Array;
  private readonly state: RandomState;
  private epoch = -1;

  constructor(count: number, state: RandomState) {
    this.order = new Int32Array(count);
    this.state = state;
  }

  /** Index of the n-th image of the run, counted over all epochs from 0. */
  imageAt(n: number): number {
    const epoch = Math.floor(n / this.order.length);
    if (epoch !== this.epoch) this.shuffle(epoch);
    return this.order[n % this.order.length];
  }

  /** Fisher-Yates. */
  private shuffle(epoch: number): void {
    const { order } = this;
    const draws = new Float64Array(order.length);
    uniforms(this.state, epoch, draws);
    for (let i = 0; i < order.length; i++) order[i] = i;
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(draws[i] * (i + 1));
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    this.epoch = epoch;
  }
}
