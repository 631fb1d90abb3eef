/**
 * Particles in the plane, moved by the samplers of wasm-model. A particle is an image of two pixels, x and y. The
 * samplers act on each number by itself, so n particles are one image of 2 n pixels: x and y of particle 0, of particle
 * 1, ...
 */
import { gaussians, seedState } from "../../wasm-model/sampling/random.ts";
import type { Batch, Sampler } from "../../wasm-model/sampling/sampler.ts";

export const PARTICLES = 5000;

/** Writes D(x, sigma) of all particles to `out`. */
export type ParticleDenoiser = (x: Float32Array, sigma: number, out: Float32Array) => void;

/** Every run of a scene has the same noise, and so have the samplers that a scene compares. */
export function batchOf(particles = PARTICLES, seed = "langevin"): Batch {
  const state = seedState(seed);
  return { images: 1, imageSize: 2 * particles, noise: (_, draw, out) => gaussians(state, draw, out) };
}

/** A step count that is never reached: at 240 steps a second it takes half a year. Draws are numbered with 32 bits. */
export const ENDLESS = 2 ** 32 - 2;

/** A sampler that takes one step at a time. */
export class ParticleRun {
  /** The particles: noisy until the sampler ends, then its result. */
  x: Float32Array;
  /** Their noise level, and its index. */
  sigma = 0;
  level = 0;
  evaluations = 0;
  done = false;
  readonly #sampler: Sampler;
  readonly #denoise: ParticleDenoiser;
  readonly #denoised: Float32Array;
  /** How many numbers are denoised already for the next step. */
  #ready = 0;

  /**
   * `start`: where the particles begin, instead of at sigma_0 z. (A sampler continues from what it finds in its array.)
   */
  constructor(sampler: Sampler, denoise: ParticleDenoiser, start?: Float32Array) {
    this.#sampler = sampler;
    this.#denoise = denoise;
    const first = sampler.next().value;
    if (first instanceof Float32Array) throw new Error("Expected a sampler that evaluates");
    ({ x: this.x, sigma: this.sigma, level: this.level } = first);
    this.#denoised = new Float32Array(this.x.length);
    if (start) this.x.set(start);
  }

  /** One evaluation and the sampler's step; after the end, nothing. */
  step(): void {
    this.stepInParts(1);
  }

  /** The same in `parts` calls, the last of which moves the particles. `parts` divides their number. */
  stepInParts(parts: number): void {
    if (this.done) return;
    const part = [this.#ready, this.#ready + this.x.length / parts] as const;
    this.#denoise(this.x.subarray(...part), this.sigma, this.#denoised.subarray(...part));
    this.#ready = part[1] % this.x.length;
    if (this.#ready > 0) return;
    this.evaluations++;
    const { value, done } = this.#sampler.next(this.#denoised);
    if (done) {
      this.x = value;
      this.done = true;
    } else ({ x: this.x, sigma: this.sigma, level: this.level } = value);
  }
}
