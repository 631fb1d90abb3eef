/**
 * Particles that one method moves over one landscape, with steps that may be accepted or refused: plain Langevin
 * dynamics, its Metropolis-adjusted form MALA (Roberts & Tweedie 1996), and Hamiltonian Monte Carlo (Duane et al. 1987;
 * Neal 2011). With s = grad log p and step size h:
 *   plain  x' = x + (h^2 / 2) s(x) + h z
 *   mala   the same, accepted with probability min(1, p(x') q(x | x') / (p(x) q(x' | x)))
 *   hmc    leapfrog steps of length h from a fresh momentum z, accepted with probability min(1, e^-(H' - H)). Their
 *          number is drawn anew for each proposal, 1 to 2 LEAPS - 1: paths that are all as long as half a period of the
 *          target only go to and fro (Neal 2011, section 3.2)
 */
import type { ParticleDenoiser } from "./particles.ts";
import type { RandomNumbers } from "./random-numbers.ts";
import type { Density } from "./target.ts";

export interface Landscape {
  readonly density: Density;
  /** D for a noise of 1: s = D - x. */
  readonly denoise: ParticleDenoiser;
}

/** The mean number of leapfrog steps of a proposal of HMC. */
export const LEAPS = 10;

export interface Method {
  readonly name: "plain" | "mala" | "hmc";
  readonly stepSize: number;
  /** HMC with LEAPS leapfrog steps in each proposal. */
  readonly isFixed?: boolean;
}

export class Walkers {
  readonly x: Float32Array;
  /** Steps so far, and evaluations of the score for each particle. */
  steps = 0;
  evaluations = 0;
  readonly #method: Method;
  readonly #landscape: Landscape;
  readonly #random: RandomNumbers;
  /** The score at x, from the first step on. */
  readonly #score: Float64Array;
  readonly #denoised: Float32Array;
  /** Sum over steps of the mean probability with which a step was accepted. */
  #accepted = 0;

  constructor(start: Float32Array, method: Method, landscape: Landscape, random: RandomNumbers) {
    this.x = start.slice();
    this.#method = method;
    this.#landscape = landscape;
    this.#random = random;
    this.#score = new Float64Array(start.length);
    this.#denoised = new Float32Array(start.length);
  }

  /** The mean probability that a step of MALA or HMC is accepted. */
  get acceptance(): number {
    return this.steps === 0 ? 1 : this.#accepted / this.steps;
  }

  step(): void {
    if (this.evaluations === 0) this.#evaluate(this.x, this.#score);
    if (this.#method.name === "hmc") this.#trajectory(this.#method.stepSize);
    else this.#langevinStep(this.#method.stepSize);
    this.steps++;
  }

  #evaluate(points: Float32Array, out: Float64Array): void {
    this.#landscape.denoise(points, 1, this.#denoised);
    for (let i = 0; i < out.length; i++) out[i] = this.#denoised[i] - points[i];
    this.evaluations++;
  }

  #langevinStep(h: number): void {
    const { x } = this;
    const score = this.#score;
    const proposal = new Float32Array(x.length);
    const scoreThere = new Float64Array(x.length);
    const noise = Float64Array.from(x, () => h * this.#random.gaussian());
    for (let i = 0; i < x.length; i++) proposal[i] = x[i] + (h * h * score[i]) / 2 + noise[i];
    this.#evaluate(proposal, scoreThere);
    if (this.#method.name === "plain") {
      x.set(proposal);
      score.set(scoreThere);
      return;
    }
    // log q(x | x') - log q(x' | x), with q(b | a) = N(b; a + (h^2 / 2) s(a), h^2)
    const proposed = (i: number) => {
      const back = x[i] - proposal[i] - (h * h * scoreThere[i]) / 2;
      return (noise[i] ** 2 - back ** 2) / (2 * h * h);
    };
    this.#test(proposal, scoreThere, (i) => proposed(i) + proposed(i + 1));
  }

  #trajectory(h: number): void {
    const { x } = this;
    const proposal = x.slice();
    const score = this.#score.slice();
    const fresh = Float64Array.from(x, () => this.#random.gaussian());
    const momenta = fresh.slice();
    const leaps = this.#method.isFixed ? LEAPS : 1 + Math.floor((2 * LEAPS - 1) * this.#random.uniform());
    const kick = (share: number) => {
      for (let i = 0; i < momenta.length; i++) momenta[i] += share * h * score[i];
    };
    kick(0.5);
    for (let leap = 1; leap <= leaps; leap++) {
      for (let i = 0; i < proposal.length; i++) proposal[i] += h * momenta[i];
      this.#evaluate(proposal, score);
      kick(leap < leaps ? 1 : 0.5);
    }
    const kineticEnergy = (i: number) => (fresh[i] ** 2 - momenta[i] ** 2) / 2;
    this.#test(proposal, score, (i) => kineticEnergy(i) + kineticEnergy(i + 1));
  }

  /** Accepts each particle's proposal with probability min(1, e^ratio p' / p). */
  #test(proposal: Float32Array, scoreThere: Float64Array, logRatio: (i: number) => number): void {
    const { x } = this;
    const { density } = this.#landscape;
    let sum = 0;
    for (let i = 0; i < x.length; i += 2) {
      const [before, after] = [density(x[i], x[i + 1]), density(proposal[i], proposal[i + 1])];
      // From a place with density 0, any place with a density is accepted.
      const ratio =
        after === 0 || Number.isNaN(after) ? 0 : before === 0 ? 1 : Math.min(1, Math.exp(logRatio(i) + Math.log(after / before)));
      sum += ratio;
      if (this.#random.uniform() >= ratio) continue;
      for (const k of [i, i + 1]) {
        x[k] = proposal[k];
        this.#score[k] = scoreThere[k];
      }
    }
    this.#accepted += (2 * sum) / x.length;
  }
}
