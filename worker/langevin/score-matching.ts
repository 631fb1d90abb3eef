/**
 * Denoising score matching in the plane: a network learns D(x, sigma) = cSkip x + cOut F(cIn x, ln(sigma) / 4) (Karras
 * et al. 2022, Table 1) from noisy points of a mixture. The loss is the mean of |D - y|^2 / cOut^2 over data y, noise
 * and noise levels, as for the images' network.
 */
import { gaussianQuantile, type RandomState, seedState, uniforms } from "../../wasm-model/sampling/random.ts";
import { type Component, mixtureDenoiser } from "./mixture.ts";
import { Adam, BLOCK, Network, startingWeights, WEIGHTS } from "./network.ts";

/** Points of a training step. */
const BATCH = 2 * BLOCK;
/** The learning rate falls with the root of the steps beyond this one. */
const DECAY_FROM = 2000;
/** Held-out points for each level, on which the loss is measured. */
const HELD_OUT = 2 * BLOCK;
/** Share of the steps so far over which the weights are averaged. */
const AVERAGED = 0.1;

export interface NoiseLevels {
  readonly sigmaMin: number;
  readonly sigmaMax: number;
}

export class ScoreMatching {
  steps = 0;
  readonly #network = new Network();
  readonly #weights: Float64Array;
  /** Their running mean, with which particles are drawn. */
  readonly #averaged: Float64Array;
  readonly #adam = new Adam();
  readonly #gradient = new Float64Array(WEIGHTS);
  readonly #upstream = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  readonly #target = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  readonly #random = new RandomNumbers("langevin/score-matching");

  constructor() {
    this.#weights = startingWeights(() => this.#random.gaussian());
    this.#averaged = this.#weights.slice();
  }

  /** One step of Adam on BATCH fresh examples of the mixture, their levels log-uniform in the range. */
  train(components: readonly Component[], { sigmaMin, sigmaMax }: NoiseLevels, learningRate: number): void {
    const sigmaData = sigmaDataOf(components);
    this.#gradient.fill(0);
    for (let block = 0; block < BATCH / BLOCK; block++) {
      for (let p = 0; p < BLOCK; p++) {
        const { x, y, std } = pick(components, this.#random.uniform());
        const sigma = sigmaMin * (sigmaMax / sigmaMin) ** this.#random.uniform();
        const clean = [x + std * this.#random.gaussian(), y + std * this.#random.gaussian()] as const;
        const noisy = [clean[0] + sigma * this.#random.gaussian(), clean[1] + sigma * this.#random.gaussian()] as const;
        const { cSkip, cOut } = this.#place(p, noisy[0], noisy[1], sigma, sigmaData);
        for (const i of [0, 1] as const) this.#target[i]![p] = (clean[i] - cSkip * noisy[i]) / cOut;
      }
      const output = this.#network.forward(this.#weights, BLOCK);
      for (const i of [0, 1] as const) {
        for (let p = 0; p < BLOCK; p++) this.#upstream[i]![p] = (2 * (output[i]![p]! - this.#target[i]![p]!)) / BATCH;
      }
      this.#network.backward(this.#weights, this.#upstream, this.#gradient, BLOCK);
    }
    this.steps++;
    this.#adam.step(this.#weights, this.#gradient, learningRate / Math.sqrt(Math.max(1, this.steps / DECAY_FROM)));
    const newest = Math.max(1 / this.steps, 1 / (1 + AVERAGED * this.steps));
    for (let i = 0; i < WEIGHTS; i++) this.#averaged[i]! += newest * (this.#weights[i]! - this.#averaged[i]!);
  }

  /** D(x, sigma) of the averaged network, for data of this mixture's spread. */
  denoise(particles: Float32Array, sigma: number, out: Float32Array, components: readonly Component[]): void {
    const sigmaData = sigmaDataOf(components);
    for (let start = 0; start < particles.length / 2; start += BLOCK) {
      const count = Math.min(BLOCK, particles.length / 2 - start);
      let scales = { cSkip: 0, cOut: 0 };
      for (let p = 0; p < count; p++) {
        const at = 2 * (start + p);
        scales = this.#place(p, particles[at]!, particles[at + 1]!, sigma, sigmaData);
      }
      const [u, v] = this.#network.forward(this.#averaged, count);
      for (let p = 0; p < count; p++) {
        const at = 2 * (start + p);
        out[at] = scales.cSkip * particles[at]! + scales.cOut * u![p]!;
        out[at + 1] = scales.cSkip * particles[at + 1]! + scales.cOut * v![p]!;
      }
    }
  }

  /**
   * The loss above that of the exact denoiser, E |D - D_exact|^2 / cOut^2 over the mixture's noisy points at these
   * levels. The exact denoiser's own squared error is left out: no network can avoid it.
   */
  excess(components: readonly Component[], sigmas: readonly number[]): number {
    const exact = mixtureDenoiser(() => components);
    const random = new RandomNumbers("langevin/held-out");
    const sigmaData = sigmaDataOf(components);
    const points = new Float32Array(2 * HELD_OUT);
    const [learned, best] = [points.slice(), points.slice()];
    let sum = 0;
    for (const sigma of sigmas) {
      for (let i = 0; i < points.length; i += 2) {
        const { x, y, std } = pick(components, random.uniform());
        points[i] = x + Math.hypot(std, sigma) * random.gaussian();
        points[i + 1] = y + Math.hypot(std, sigma) * random.gaussian();
      }
      this.denoise(points, sigma, learned, components);
      exact(points, sigma, best);
      const cOut = (sigma * sigmaData) / Math.hypot(sigma, sigmaData);
      sum += learned.reduce((total, d, i) => total + ((d - best[i]!) / cOut) ** 2, 0) / HELD_OUT;
    }
    return sum / sigmas.length;
  }

  /** Puts a noisy point into column p of the network's input. */
  #place(p: number, x: number, y: number, sigma: number, sigmaData: number) {
    const total = Math.hypot(sigma, sigmaData);
    const noise = Math.log(sigma) / 4;
    const { input } = this.#network;
    input[0]![p] = x / total;
    input[1]![p] = y / total;
    input[2]![p] = noise;
    input[3]![p] = noise * noise;
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
    return this.#numbers[at]!;
  }

  /** Standard Gaussian. */
  gaussian(): number {
    return gaussianQuantile(this.uniform());
  }
}
