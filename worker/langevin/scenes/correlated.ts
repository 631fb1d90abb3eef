import { type Chains, walkingChains } from "../diagnostics.ts";
import { choice, slider } from "../fields.ts";
import { heatOf } from "../level-plane.ts";
import { gaussianCloud, type ParticleDenoiser } from "../particles.ts";
import { RandomNumbers } from "../random-numbers.ts";
import { type ChartData, distanceChart, distanceRows, type TableRow, Traces } from "../readings.ts";
import { drawsOf, PARTICLES, type Plane, type Scene, type SceneStart, type Simulation } from "../scene.ts";
import { type Density, Target } from "../target.ts";
import { type Landscape, LEAPS, type Method, Walkers } from "../walkers.ts";

/** Standard deviation of each coordinate. */
const STD = 0.9;
const METHODS = { plain: "Plain Langevin", mala: "MALA", hmc: "Hamiltonian Monte Carlo" } as const;
const NAMES = ["plain", "mala", "hmc"] as const;
/** Proposals of HMC between two records. */
const RECORDED = 4;

const FIELDS = {
  correlation: slider("Correlation ρ", [0, 0.99], 0.95, 0.01),
  stepSize: slider("Step size h", [0.02, 0.6], 0.24, "ratio", "lengths"),
  length: choice("Paths of HMC", { random: "of random length", fixed: `always ${LEAPS} steps` }, "random"),
  particles: choice("Particles", PARTICLES, "2000"), // of each method: a step of the scene is LEAPS of theirs
  chains: choice("Chains below", METHODS, "mala"),
} as const;

const CHAIN_WORDS = {
  plain: "plain Langevin dynamics; acceptance is what a Metropolis test would do",
  mala: "MALA",
  hmc: "Hamiltonian Monte Carlo; one step is a proposal",
};

type CorrelatedValues = SceneStart<typeof FIELDS>;

export const correlated: Scene = {
  name: "correlated",
  fields: FIELDS,
  planes: Object.values(METHODS),
  charts: [
    distanceChart("evaluations of the score", ["plain", "MALA", "HMC"]),
    {
      title: "Variance across, over the exact one",
      x: "evaluations of the score",
      y: "ratio",
      lines: ["plain", "MALA", "HMC", "exact"],
      exact: true,
    },
  ],
  start: (values) => new Correlated(values as CorrelatedValues),
};

/** Variances along and across the ridge, x + y and x - y over the root of 2. */
const variancesOf = (correlation: number) => [STD * STD * (1 + correlation), STD * STD * (1 - correlation)] as const;

/** A Gaussian of correlation rho. */
export function landscapeOf(correlation: number): Landscape {
  const [along, across] = variancesOf(correlation);
  const density: Density = (x, y) => Math.exp(-((x + y) ** 2) / (4 * along) - (x - y) ** 2 / (4 * across));
  const denoise: ParticleDenoiser = (points, _, out) => {
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i], points[i + 1]];
      const [sum, difference] = [(x + y) / (2 * along), (x - y) / (2 * across)];
      out[i] = x - sum - difference;
      out[i + 1] = y - sum + difference;
    }
  };
  return { density, denoise, sigma: 1 };
}

class Correlated implements Simulation {
  readonly done = false;
  readonly stepsPerFrame = 0.5;
  readonly target: Target;
  readonly chains: Chains;
  readonly planes: readonly Plane[];
  readonly #values: CorrelatedValues;
  readonly #walkers: readonly Walkers[];
  readonly #distances = new Traces(NAMES.length);
  readonly #ratios = new Traces(NAMES.length);
  #steps = 0;

  constructor(values: CorrelatedValues) {
    this.#values = values;
    const draws = drawsOf(values);
    const landscape = landscapeOf(values.correlation);
    const method = (name: Method["name"]): Method => ({ name, stepSize: values.stepSize, isFixed: values.length === "fixed" });
    this.target = new Target(landscape.density, draws.particles);
    this.chains = walkingChains(CHAIN_WORDS[values.chains], this.target, method(values.chains), landscape, draws.seed);
    const start = gaussianCloud(draws, "start").map((z) => 0.1 * z - 1.2);
    this.#walkers = NAMES.map((name) => new Walkers(start, method(name), landscape, new RandomNumbers(`langevin/${draws.seed}/${name}`)));
    const shown = { density: this.target.density, heat: heatOf(0.27, 0.05, 2) };
    this.planes = this.#walkers.map(({ x }) => ({ ...shown, particles: x }));
  }

  get warning(): string | undefined {
    const limit = 2 * Math.sqrt(variancesOf(this.#values.correlation)[1]);
    if (this.#values.stepSize < limit) return undefined;
    return `Plain Langevin is unstable: its steps must be below 2 w = ${Number(limit.toPrecision(2))}, where w is the target's width.`;
  }

  /** Evaluations of the score so far, for each particle. */
  get #evaluations(): number {
    return this.#walkers[2].evaluations;
  }

  /** One proposal of HMC, and as many steps of the others as it has evaluations. */
  step(): void {
    if (this.#steps++ % RECORDED === 0) {
      const distances = this.#walkers.map(({ x }) => this.target.distanceOf(x));
      const ratios = this.#walkers.map(({ x }) => this.#ratio(x));
      this.#distances.add(this.#evaluations, distances);
      this.#ratios.add(this.#evaluations, ratios);
    }
    const [plain, mala, hmc] = this.#walkers;
    hmc.step();
    while (plain.evaluations < hmc.evaluations) for (const one of [plain, mala]) one.step();
  }

  /** The variance of (x - y) / sqrt(2) over that of the target. */
  #ratio(particles: Float32Array): number {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < particles.length; i += 2) {
      const v = (particles[i] - particles[i + 1]) / Math.SQRT2;
      sum += v;
      squares += v * v;
    }
    const n = particles.length / 2;
    return (squares / n - (sum / n) ** 2) / variancesOf(this.#values.correlation)[1];
  }

  rows(): readonly TableRow[] {
    return [
      { label: "Evaluations of the score", values: this.#walkers.map(() => this.#evaluations) },
      {
        label: "Share of steps accepted",
        values: this.#walkers.map(({ acceptance }, i) => (NAMES[i] === "plain" ? "all" : acceptance!)),
        isResult: true,
      },
      { label: "Variance across the ridge over the exact one", values: this.#walkers.map(({ x }) => this.#ratio(x)), isResult: true },
      ...distanceRows(this.target, this.#walkers),
    ];
  }

  charts(): readonly ChartData[] {
    return [this.#distances.chart(this.#evaluations, [0.03, 1], this.target.exact), this.#ratios.chart(this.#evaluations, [0, 2.5], 1)];
  }
}
