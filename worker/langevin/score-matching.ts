/**
 * Denoising score matching in the plane: a network learns D(x, sigma) = cSkip x + cOut F(cIn x, ln(sigma) / 4) (Karras
 * et al. 2022, Table 1) from noisy points of a mixture. The loss is the mean of |D - y|^2 / cOut^2 over data y, noise
 * and noise levels, as for the images' network.
 */
import type { Component } from "./mixture.ts";
import { Adam, BLOCK, PlaneNetwork, startingWeights, WEIGHTS } from "./network.ts";
import { type RandomNumbers, randomNumbers } from "./random-numbers.ts";

/** Points of a training step. */
const BATCH = 2 * BLOCK;
/** The learning rate falls with the root of the steps beyond this one. */
const DECAY_FROM = 2000;
/** Share of the steps so far over which the weights are averaged. */
const AVERAGED = 0.1;

export class ScoreMatching {
  steps = 0;
  readonly #network = new PlaneNetwork();
  readonly #weights: Float64Array;
  /** Their running mean, with which particles are drawn. */
  readonly #averaged: Float64Array;
  readonly #adam = new Adam();
  readonly #gradient = new Float64Array(WEIGHTS);
  readonly #upstream = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  readonly #target = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  readonly #random: RandomNumbers;

  /** `seed`: of starting weights and examples. */
  constructor(seed = "langevin/score-matching") {
    this.#random = randomNumbers(seed);
    this.#weights = startingWeights(() => this.#random.gaussian());
    this.#averaged = this.#weights.slice();
  }

  /** One step of Adam on BATCH fresh examples of the mixture, their levels log-uniform in the range, in parts. */
  *train(
    components: readonly Component[],
    { sigmaMin, sigmaMax }: Record<"sigmaMin" | "sigmaMax", number>,
    learningRate: number,
  ): Generator<void> {
    const sigmaData = sigmaDataOf(components);
    this.#gradient.fill(0);
    for (let block = 0; block < BATCH / BLOCK; block++) {
      for (let p = 0; p < BLOCK; p++) {
        const { x, y, std } = pick(components, this.#random.uniform());
        const sigma = sigmaMin * (sigmaMax / sigmaMin) ** this.#random.uniform();
        const clean = [x + std * this.#random.gaussian(), y + std * this.#random.gaussian()] as const;
        const noisy = [clean[0] + sigma * this.#random.gaussian(), clean[1] + sigma * this.#random.gaussian()] as const;
        const { cSkip, cOut } = this.#place(p, noisy[0], noisy[1], sigma, sigmaData);
        for (const i of [0, 1] as const) this.#target[i][p] = (clean[i] - cSkip * noisy[i]) / cOut;
      }
      const output = this.#network.forward(this.#weights, BLOCK);
      for (const i of [0, 1] as const) {
        for (let p = 0; p < BLOCK; p++) this.#upstream[i][p] = (2 * (output[i][p] - this.#target[i][p])) / BATCH;
      }
      this.#network.backward(this.#weights, this.#upstream, this.#gradient, BLOCK);
      yield;
    }
    this.steps++;
    this.#adam.step(this.#weights, this.#gradient, learningRate / Math.sqrt(Math.max(1, this.steps / DECAY_FROM)));
    const newest = Math.max(1 / this.steps, 1 / (1 + AVERAGED * this.steps));
    for (let i = 0; i < WEIGHTS; i++) this.#averaged[i] += newest * (this.#weights[i] - this.#averaged[i]);
  }

  /** D(x, sigma) of the averaged network, for data of this mixture's spread. */
  denoise(particles: Float32Array, sigma: number, out: Float32Array, components: readonly Component[]): void {
    const sigmaData = sigmaDataOf(components);
    for (let start = 0; start < particles.length / 2; start += BLOCK) {
      const count = Math.min(BLOCK, particles.length / 2 - start);
      let scales = { cSkip: 0, cOut: 0 };
      for (let p = 0; p < count; p++) {
        const at = 2 * (start + p);
        scales = this.#place(p, particles[at], particles[at + 1], sigma, sigmaData);
      }
      const [u, v] = this.#network.forward(this.#averaged, count);
      for (let p = 0; p < count; p++) {
        const at = 2 * (start + p);
        out[at] = scales.cSkip * particles[at] + scales.cOut * u![p];
        out[at + 1] = scales.cSkip * particles[at + 1] + scales.cOut * v![p];
      }
    }
  }

  /** Puts a noisy point into column p of the network's input. */
  #place(p: number, x: number, y: number, sigma: number, sigmaData: number) {
    const total = Math.hypot(sigma, sigmaData);
    const noise = Math.log(sigma) / 4;
    const { input } = this.#network;
    input[0][p] = x / total;
    input[1][p] = y / total;
    input[2][p] = noise;
    input[3][p] = noise * noise;
    return { cSkip: (sigmaData / total) ** 2, cOut: (sigma * sigmaData) / total };
  }
}

/** Root mean square of the coordinates. */
export const sigmaDataOf = (components: readonly Component[]): number =>
  Math.sqrt(components.reduce((sum, { weight, x, y, std }) => sum + weight * ((x * x + y * y) / 2 + std * std), 0));

/** The component at a place from 0 to 1 in the cumulative weights. */
function pick(components: readonly Component[], place: number): Component {
  let left = place;
  for (const component of components) {
    left -= component.weight;
    if (left < 0) return component;
  }
  return components.at(-1)!;
}
