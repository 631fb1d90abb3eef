import { ald } from "../../../wasm-model/sampling/ald.ts";
import { heun } from "../../../wasm-model/sampling/heun.ts";
import { kinetic } from "../../../wasm-model/sampling/kinetic.ts";
import { langevin } from "../../../wasm-model/sampling/langevin.ts";
import { geometricSigmas, karrasSigmas } from "../../../wasm-model/sampling/noise-levels.ts";
import type { Batch, Sampler } from "../../../wasm-model/sampling/sampler.ts";
import { choice, drawsOf, type SceneStart } from "../controls.ts";
import { type Paths, plainPaths } from "../diagnostics.ts";
import { heatOf, LevelPlane } from "../level-plane.ts";
import { MeasuredRuns } from "../measured-runs.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "../mixture.ts";
import { batchOf, ParticleRun } from "../particles.ts";
import { type ChartData, distanceChart, distanceRows, level, type Plane, type Scene, type Simulation, type TableRow } from "../scene.ts";
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
/** Of one particle's path: about a tenth of a narrow mode's variance. */
const PATH_STEP = 4;
/** Numbers of evaluations in the chart. */
const BUDGETS = [4, 6, 8, 16, 32, 64, 128, 256, 512] as const;

const TARGETS: Record<"ring" | "pair" | "grid", readonly Component[]> = {
  ring: Array.from({ length: 7 }, (_, i) => {
    const turn = (2 * Math.PI * i) / 7;
    return { weight: (i + 1) / 28, x: 1.7 * Math.cos(turn), y: 1.7 * Math.sin(turn), std: 0.2 };
  }),
  pair: [
    { weight: 0.8, x: -1.2, y: 0, std: 0.3 },
    { weight: 0.2, x: 1.2, y: 0.5, std: 0.15 },
  ],
  grid: Array.from({ length: 9 }, (_, i) => ({ weight: 1 / 9, x: 1.3 * ((i % 3) - 1), y: 1.3 * (Math.floor(i / 3) - 1), std: 0.15 })),
};

const CONTROLS = {
  evaluations: choice(
    "Evaluations for each sampler",
    { 4: "4", 8: "8", 16: "16", 32: "32", 64: "64", 128: "128", 256: "256", 512: "512" },
    "32",
  ),
  law: choice(
    "Target distribution",
    { ring: "unequal modes, a ring", pair: "a wide and a narrow mode", grid: "nine narrow modes" },
    "ring",
  ),
} as const;

interface SamplerEntry {
  readonly name: string;
  readonly caption: string;
  /** The sampler with at most n evaluations. */
  create(n: number, batch: Batch): Sampler;
}

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

const ENTRIES: readonly SamplerEntry[] = [
  {
    name: "ald",
    caption: "ald: annealed Langevin dynamics as published",
    create: (n, batch) => {
      const levels = Math.max(1, Math.min(PUBLISHED_LEVELS, Math.floor(n / 2)));
      return ald({
        ...batch,
        sigmas: geometric(levels),
        stepsPerLevel: Math.floor(n / levels),
        epsilon: PUBLISHED_STEP * SIGMA_MIN * SIGMA_MIN,
      });
    },
  },
  {
    name: "kinetic",
    caption: "kinetic: with momenta",
    create: (n, batch) => {
      const levels = Math.max(2, Math.min(32, Math.floor(n / 4)));
      return kinetic({ ...batch, sigmas: geometric(levels), stepsPerLevel: Math.floor(n / levels), timeStep: 1, friction: 1 });
    },
  },
  { name: "flow", caption: "flow: langevin without fresh noise, order 1", create: (n, batch) => multistep(n, batch, FLOW) },
  {
    name: "heun",
    caption: "heun: probability flow, order 2",
    create: (n, batch) => heun({ ...batch, sigmas: karras(Math.floor((n + 1) / 2)) }),
  },
  {
    name: "langevin",
    caption: "langevin: multistep, with fresh noise",
    create: (n, batch) => multistep(n, batch, FRESH),
  },
  { name: "few-step", caption: "few-step: langevin with a searched schedule", create: (_, batch) => langevin({ ...batch, ...FEW }) },
];

export const samplers: Scene = {
  name: "samplers",
  title: "Samplers side by side",
  sentences: [
    "Six of Anneal's samplers move the same noise to the same target distribution. Each call of the denoiser D counts as one evaluation; for images, D is a network and nearly all of the work.",
    "Annealed Langevin dynamics needs hundreds of evaluations: at every noise level it relaxes by many small noisy steps. The probability-flow ODE adds no noise, so it can take large steps; multistep methods also reuse earlier evaluations. Both need about a tenth.",
    "When the particles have come to rest, the chart fills with each sampler's distance to the target distribution by number of evaluations. The images' samplers were chosen by such charts.",
  ],
  equations: [
    {
      math: `<mfrac><mrow><mi>d</mi><mi>x</mi></mrow><mrow><mi>d</mi><mi>σ</mi></mrow></mfrac><mo>=</mo><mo>−</mo><mi>σ</mi><mspace width="0.15em"/><mo>∇</mo><mspace width="0.15em"/><mi>log</mi><mspace width="0.15em"/><msub><mi>p</mi><mi>σ</mi></msub><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>=</mo><mfrac><mrow><mi>x</mi><mo>−</mo><mi>D</mi><mo stretchy="false">(</mo><mi>x</mi><mo>,</mo><mi>σ</mi><mo stretchy="false">)</mo></mrow><mi>σ</mi></mfrac>`,
      words: "dx by d sigma equals minus sigma times the gradient of log p sigma at x, which is x minus D of x and sigma, over sigma",
    },
  ],
  controls: CONTROLS,
  planes: ENTRIES.map(({ caption }) => caption),
  charts: [
    {
      ...distanceChart(
        "evaluations",
        ENTRIES.map(({ name }) => name),
        "Distance to the target distribution by number of evaluations",
      ),
      logX: true,
    },
  ],
  start: (values) => new Samplers(values as SceneStart<typeof CONTROLS>),
};

class Samplers implements Simulation {
  readonly planes: readonly Plane[];
  readonly #runs: readonly ParticleRun[];
  readonly target: Target;
  readonly paths: Paths;
  readonly #evaluations: number;
  readonly #chart: MeasuredRuns;

  constructor(values: SceneStart<typeof CONTROLS>) {
    const components = TARGETS[values.law];
    const draws = drawsOf(values);
    const batch = batchOf(draws);
    const begin = ({ create }: SamplerEntry, n: number) =>
      new ParticleRun(
        create(n, batch),
        mixtureDenoiser(() => components),
      );
    this.#evaluations = Number(values.evaluations);
    this.target = new Target(mixtureDensity(components, 0), draws.particles);
    this.paths = plainPaths(() => components, { sigma: SIGMA_MIN, relativeStep: PATH_STEP, seed: draws.seed });
    this.#runs = ENTRIES.map((entry) => begin(entry, this.#evaluations));
    const density = mixtureDensity(components, 0);
    this.planes = this.#runs.map((run) => new LevelPlane(run, (sigma) => ({ density, heat: heatOf(sigma, SIGMA_MIN, SIGMA_MAX) })));
    const measured = BUDGETS.flatMap((budget) =>
      [...ENTRIES.entries()]
        .filter(([, { name }]) => name !== "few-step" || budget === FEW.sigmas.length)
        .map(([line, entry]) => ({
          line,
          begin: () => begin(entry, budget),
          xAtEnd: ({ done, evaluations }: ParticleRun) => (done ? evaluations : undefined),
        })),
    );
    this.#chart = new MeasuredRuns(this.target, ENTRIES.length, measured);
  }

  get #moving(): boolean {
    return this.#runs.some(({ done }) => !done);
  }

  get done(): boolean {
    return !this.#moving && this.#chart.done;
  }

  /** Short runs take two seconds of 60 frames; long ones as many frames as evaluations. */
  get stepsPerFrame(): number {
    return this.#moving ? Math.min(1, this.#evaluations / 120) : 4;
  }

  step(): void {
    if (this.#moving) for (const run of this.#runs) run.step();
    else this.#chart.step();
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
    return [{ x, y: [0.03, 1], lines: [...this.#chart.lines, level(x, this.target.exact)] }];
  }
}
