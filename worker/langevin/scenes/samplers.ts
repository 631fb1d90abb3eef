import { ald } from "../../../wasm-model/sampling/ald.ts";
import { heun } from "../../../wasm-model/sampling/heun.ts";
import { kinetic } from "../../../wasm-model/sampling/kinetic.ts";
import { langevin } from "../../../wasm-model/sampling/langevin.ts";
import { geometricSigmas, karrasSigmas } from "../../../wasm-model/sampling/noise-levels.ts";
import type { Batch, Sampler } from "../../../wasm-model/sampling/sampler.ts";
import { type Chains, plainChains } from "../diagnostics.ts";
import { choice } from "../fields.ts";
import { heatOf } from "../level-plane.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "../mixture.ts";
import { batchOf, ParticleRun } from "../particles.ts";
import { type ChartData, distanceChart, distanceRows, level, type TableRow } from "../readings.ts";
import { drawsOf, type Plane, type Scene, type SceneStart, type Simulation } from "../scene.ts";
import { Target } from "../target.ts";

const SIGMA_MIN = 0.03;
const SIGMA_MAX = 6;
const RHO = 5;
/** Settings of `langevin`: without fresh noise, and values that suit these distributions. */
const FLOW = { churn: 0, extrapolation: 1 };
const FRESH = { churn: 0.3, extrapolation: 1.5 };
/**
 * Of `ald`: the published number of levels, and step over sigma^2 (Song & Ermon 2019: L = 10, epsilon = 2e-5, sigma_L =
 * 0.01).
 */
const PUBLISHED_LEVELS = 10;
const PUBLISHED_STEP = 0.2;
/** Of the chains: about a tenth of a narrow mode's variance. */
const CHAIN_STEP = 4;
/** Numbers of evaluations in the chart. */
const BUDGETS = [4, 6, 8, 16, 32, 64, 128, 256, 512] as const;

const TARGETS: Record<"ring" | "pair", readonly Component[]> = {
  ring: Array.from({ length: 7 }, (_, i) => {
    const turn = (2 * Math.PI * i) / 7;
    return { weight: (i + 1) / 28, x: 1.7 * Math.cos(turn), y: 1.7 * Math.sin(turn), std: 0.2 };
  }),
  pair: [
    { weight: 0.8, x: -1.2, y: 0, std: 0.3 },
    { weight: 0.2, x: 1.2, y: 0.5, std: 0.15 },
  ],
};

const FIELDS = {
  evaluations: choice("Evaluations each", { 4: "4", 8: "8", 16: "16", 32: "32", 64: "64", 128: "128", 256: "256", 512: "512" }, "32"),
  law: choice("Target distribution", { ring: "unequal modes, a ring", pair: "a wide and a narrow mode" }, "ring"),
} as const;

const karras = (steps: number): number[] => karrasSigmas({ steps, sigmaMin: SIGMA_MIN, sigmaMax: SIGMA_MAX, rho: RHO });
const geometric = (steps: number): number[] => geometricSigmas({ steps, sigmaMin: SIGMA_MIN, sigmaMax: SIGMA_MAX });

function multistep(n: number, batch: Batch, { churn, extrapolation }: typeof FLOW): Sampler {
  const steps = Array<number>(n - 1).fill(churn);
  const weights = Array.from(steps, (_, i) => (i === n - 2 ? 1 : extrapolation));
  return langevin({ ...batch, sigmas: karras(n), churn: steps, extrapolation: weights });
}

/**
 * A schedule of `langevin` for few evaluations, found by random search for the ring, as `npm run lab -- tune` finds a
 * model's.
 */
const FEW = {
  sigmas: [6, 2.68, 0.919, 0.382, 0.168, 0.0367],
  churn: [0.28, 0.398, 0.218, 0.166, 0.271],
  extrapolation: [1.52, 1.29, 1.34, 1.31, 1.76],
};

/** By name and what it is: the sampler with at most n evaluations. */
const SAMPLERS: Readonly<Record<string, (n: number, batch: Batch) => Sampler>> = {
  "ald: annealed Langevin dynamics as published": (n, batch) => {
    const levels = Math.max(1, Math.min(PUBLISHED_LEVELS, Math.floor(n / 2)));
    const epsilon = PUBLISHED_STEP * SIGMA_MIN * SIGMA_MIN;
    return ald({ ...batch, sigmas: geometric(levels), stepsPerLevel: Math.floor(n / levels), epsilon });
  },
  "kinetic: with momenta": (n, batch) => {
    const levels = Math.max(2, Math.min(32, Math.floor(n / 4)));
    return kinetic({ ...batch, sigmas: geometric(levels), stepsPerLevel: Math.floor(n / levels), timeStep: 1, friction: 1 });
  },
  "flow: langevin without fresh noise, order 1": (n, batch) => multistep(n, batch, FLOW),
  "heun: probability flow, order 2": (n, batch) => heun({ ...batch, sigmas: karras(Math.floor((n + 1) / 2)) }),
  "langevin: multistep, with fresh noise": (n, batch) => multistep(n, batch, FRESH),
  "few-step: langevin with a searched schedule": (_, batch) => langevin({ ...batch, ...FEW }),
};
const CAPTIONS = Object.keys(SAMPLERS);
const NAMES = CAPTIONS.map((caption) => caption.split(":")[0]);

export const samplers: Scene = {
  name: "samplers",
  fields: FIELDS,
  planes: CAPTIONS,
  charts: [{ ...distanceChart("evaluations", NAMES, "Distance to the target distribution by number of evaluations"), logX: true }],
  start: (values) => new Samplers(values as SceneStart<typeof FIELDS>),
};

class Samplers implements Simulation {
  readonly target: Target;
  readonly chains: Chains;
  readonly #runs: readonly ParticleRun[];
  readonly #evaluations: number;
  readonly #begin: (caption: string, evaluations: number) => ParticleRun;
  /** The chart's lines, and the runs that make their points. */
  readonly #lines: [evaluations: number, distance: number][][] = CAPTIONS.map(() => []);
  readonly #measuring = this.#measure();
  #isMeasured = false;

  constructor(values: SceneStart<typeof FIELDS>) {
    const components = TARGETS[values.law];
    const draws = drawsOf(values);
    const batch = batchOf(draws);
    this.#begin = (caption, evaluations) => new ParticleRun(SAMPLERS[caption](evaluations, batch), mixtureDenoiser(components));
    this.#evaluations = Number(values.evaluations);
    this.#runs = CAPTIONS.map((caption) => this.#begin(caption, this.#evaluations));
    this.target = new Target(mixtureDensity(components, 0), draws.particles);
    this.chains = plainChains(this.target, components, { sigma: SIGMA_MIN, relativeStep: CHAIN_STEP, seed: draws.seed });
  }

  get planes(): readonly Plane[] {
    const { density } = this.target;
    return this.#runs.map(({ x, sigma }) => ({ particles: x, density, heat: heatOf(sigma, SIGMA_MIN, SIGMA_MAX) }));
  }

  get #moving(): boolean {
    return this.#runs.some(({ done }) => !done);
  }

  get done(): boolean {
    return this.#isMeasured;
  }

  /** Short runs take two seconds of 60 frames; long ones as many frames as evaluations. */
  get stepsPerFrame(): number {
    return this.#moving ? Math.min(1, this.#evaluations / 120) : 4;
  }

  step(): void {
    if (this.#moving) for (const run of this.#runs) run.step();
    else this.#isMeasured = this.#measuring.next().done === true;
  }

  /** One run after another, an evaluation at a time. */
  *#measure(): Generator<void> {
    for (const budget of BUDGETS) {
      for (const [i, caption] of CAPTIONS.entries()) {
        if (NAMES[i] === "few-step" && budget !== FEW.sigmas.length) continue;
        const run = this.#begin(caption, budget);
        for (; !run.done; run.step()) yield;
        this.#lines[i].push([run.evaluations, this.target.distanceOf(run.x)]);
      }
    }
  }

  rows(): readonly TableRow[] {
    return [
      { label: "Evaluations", values: this.#runs.map(({ evaluations }) => evaluations) },
      { label: "Noise level σ", values: this.#runs.map(({ sigma, done }) => (done ? "none" : sigma)) },
      ...distanceRows(this.target, this.#runs),
    ];
  }

  charts(): readonly ChartData[] {
    const x = [3, 512] as const;
    return [{ x, y: [0.03, 1], lines: [...this.#lines, level(x, this.target.exact)] }];
  }
}
