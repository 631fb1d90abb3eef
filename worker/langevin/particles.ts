/**
 * Particles in the plane, moved by the samplers of wasm-model. A particle is an image of two pixels, x and y. The
 * samplers act on each number by itself, so n particles are one image of 2 n pixels: x and y of particle 0, of particle
 * 1, ...
 */
import { gaussianQuantile, gaussians, seedState, uniforms } from "../../wasm-model/sampling/random.ts";
import type { Batch, Sampler } from "../../wasm-model/sampling/sampler.ts";

/** How many particles, and the seed of all their random numbers. */
export interface Draws {
  readonly particles: number;
  readonly seed: number;
}

/** Writes D(x, sigma) of all particles to `out`. */
export type ParticleDenoiser = (x: Float32Array, sigma: number, out: Float32Array) => void;

/** The samplers that a scene compares have the same noise, that of the stream "noise". Other streams are independent. */
export function batchOf({ particles, seed }: Draws, stream = "noise"): Batch {
  const state = seedState(`langevin/${seed}/${stream}`);
  return { images: 1, imageSize: 2 * particles, noise: (_, draw, out) => gaussians(state, draw, out) };
}

/** Standard Gaussians, x and y of each particle. */
export function gaussianCloud(draws: Draws, stream: string): Float32Array {
  const cloud = new Float32Array(2 * draws.particles);
  batchOf(draws, stream).noise(0, 0, cloud);
  return cloud;
}

/** The random numbers 0, 1, 2, ... of a seed, one at a time. */
export function randomNumbers(seed: string) {
  const [state, numbers] = [seedState(seed), new Float64Array(1024)];
  let next = 0;
  /** Uniform in (0, 1). */
  function uniform(): number {
    const at = next++ % numbers.length;
    if (at === 0) uniforms(state, (next - 1) / numbers.length, numbers);
    return numbers[at];
  }
  /** `gaussian`: standard. */
  return { uniform, gaussian: () => gaussianQuantile(uniform()) };
}

/** A step count that is never reached: at 240 steps a second it takes half a year. Draws are numbered with 32 bits. */
export const ENDLESS = 2 ** 32 - 2;

/** A sampler that takes one step at a time. */
export class ParticleRun {
  /** The particles: noisy until the sampler ends, then its result. */
  x: Float32Array;
  /** Their noise level. */
  sigma = 0;
  evaluations = 0;
  done = false;
  readonly #sampler: Sampler;
  readonly #denoise: ParticleDenoiser;
  readonly #denoised: Float32Array;

  /** `start`: where the particles begin, instead of at sigma_0 z. (A sampler continues from what it finds in its array.) */
  constructor(sampler: Sampler, denoise: ParticleDenoiser, start?: Float32Array) {
    this.#sampler = sampler;
    this.#denoise = denoise;
    const first = sampler.next().value;
    if (first instanceof Float32Array) throw new Error("Expected a sampler that evaluates");
    ({ x: this.x, sigma: this.sigma } = first);
    this.#denoised = new Float32Array(this.x.length);
    if (start) this.x.set(start);
  }

  /** One evaluation and the sampler's step; after the end, nothing. */
  step(): void {
    if (this.done) return;
    this.#denoise(this.x, this.sigma, this.#denoised);
    this.evaluations++;
    const { value, done } = this.#sampler.next(this.#denoised);
    if (done) {
      this.x = value;
      this.done = true;
    } else ({ x: this.x, sigma: this.sigma } = value);
  }
}
