import { choice, drawsOf, PARTICLES, type SceneStart } from "../controls.ts";
import { Paths, walker } from "../diagnostics.ts";
import { heatOf } from "../level-plane.ts";
import { gaussianCloud, type ParticleDenoiser } from "../particles.ts";
import { RandomNumbers } from "../random-numbers.ts";
import {
  type ChartData,
  distanceChart,
  distanceRows,
  level,
  type Plane,
  type Scene,
  type Simulation,
  type TableRow,
  Trace,
} from "../scene.ts";
import { type Density, Target } from "../target.ts";
import { type Landscape, LEAPS, type Method, Walkers } from "../walkers.ts";

/** Standard deviation of each coordinate. */
const STD = 0.9;
/** The bent target: y is shifted by BEND (x^2 - STD^2). */
const BEND = 0.5;
const METHODS = ["plain", "mala", "hmc"] as const;
/** Steps between two records. */
const RECORDED = 4;

const CONTROLS = {
  shape: choice("Target distribution", { line: "Gaussian", bend: "bent Gaussian" }, "line"),
  correlation: { kind: "slider", label: "Correlation ρ", unit: "", min: 0, max: 0.99, default: 0.95 },
  stepSize: { kind: "slider", label: "Step size h", unit: "lengths", min: 0.02, max: 0.6, default: 0.25, scale: "ratio" },
  particles: choice("Particles", PARTICLES, "2000"), // of each method: a step of the scene is LEAPS of theirs
  path: choice("Path below", { plain: "plain Langevin", mala: "MALA", hmc: "Hamiltonian Monte Carlo" }, "mala"),
} as const;

const PATH_WORDS = {
  plain: "plain Langevin dynamics; acceptance is what a Metropolis test would do.",
  mala: "MALA.",
  hmc: `Hamiltonian Monte Carlo; one step is a proposal of ${LEAPS} evaluations.`,
};

type CorrelatedValues = SceneStart<typeof CONTROLS>;

export const correlated: Scene = {
  name: "correlated",
  title: "A correlated target",
  sentences: [
    "The target is long and narrow. Its width limits the step, its length the number of steps: a walk with steps of size h needs some (length / h)² of them to forget where it began.",
    "The length of its step makes plain Langevin dynamics wrong: across the ridge its variance is 1 / (1 − h² / 4w²) times the exact one, where w is the width, and beyond h = 2w it explodes. MALA makes the same proposals and refuses some by a Metropolis test. Its result is exact at every step size, but it is slow where it refuses nearly all.",
    `Hamiltonian Monte Carlo gives a particle a push and lets it coast for ${LEAPS} steps before the test. It crosses the length of the target in a few proposals, and is exact too.`,
  ],
  equations: [
    {
      math: `<msup><mi>x</mi><mo>′</mo></msup><mo>=</mo><mi>x</mi><mo>+</mo><mfrac><msup><mi>h</mi><mn>2</mn></msup><mn>2</mn></mfrac><mspace width="0.1em"/><mo>∇</mo><mspace width="0.15em"/><mi>log</mi><mspace width="0.15em"/><mi>p</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>+</mo><mi>h</mi><mi>z</mi>`,
      words: "x prime equals x plus h squared over 2 times the gradient of log p at x, plus h z",
    },
    {
      math: `<mi>A</mi><mo>=</mo><mi>min</mi><mo stretchy="false">(</mo><mn>1</mn><mo>,</mo><mspace width="0.2em"/><mfrac><mrow><mi>p</mi><mo stretchy="false">(</mo><msup><mi>x</mi><mo>′</mo></msup><mo stretchy="false">)</mo><mi>q</mi><mo stretchy="false">(</mo><mi>x</mi><mo>|</mo><msup><mi>x</mi><mo>′</mo></msup><mo stretchy="false">)</mo></mrow><mrow><mi>p</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mi>q</mi><mo stretchy="false">(</mo><msup><mi>x</mi><mo>′</mo></msup><mo>|</mo><mi>x</mi><mo stretchy="false">)</mo></mrow></mfrac><mo stretchy="false">)</mo>`,
      words:
        "a proposal is accepted with probability A, the smaller of 1 and p of x prime q of x given x prime, over p of x q of x prime given x",
    },
  ],
  controls: CONTROLS,
  planes: ["Plain Langevin", "MALA", "Hamiltonian Monte Carlo"],
  charts: [
    distanceChart("evaluations of the score", ["plain", "MALA", "HMC"]),
    {
      title: "Variance across, over the exact one",
      x: "evaluations of the score",
      y: "ratio",
      lines: ["plain", "MALA", "HMC", "exact"],
    },
  ],
  start: (values) => new Correlated(values as CorrelatedValues),
};

/** Variances along and across the ridge, x + y and x - y over the root of 2. */
const variancesOf = (correlation: number) => [STD * STD * (1 + correlation), STD * STD * (1 - correlation)] as const;

/** Undoes the bend of a point. */
const unbend = (bend: number, x: number, y: number) => y - bend * (x * x - STD * STD);

/** A Gaussian of correlation rho, or one whose y is bent: the bend has no influence on volumes. */
export function landscapeOf({ shape, correlation }: Pick<CorrelatedValues, "shape" | "correlation">): Landscape {
  const [along, across] = variancesOf(correlation);
  const bend = shape === "bend" ? BEND : 0;
  const density: Density = (x, y) => {
    const v = unbend(bend, x, y);
    return Math.exp(-((x + v) ** 2) / (4 * along) - (x - v) ** 2 / (4 * across));
  };
  const denoise: ParticleDenoiser = (points, _, out) => {
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i];
      const v = unbend(bend, x, points[i + 1]);
      const [sum, difference] = [(x + v) / (2 * along), (x - v) / (2 * across)];
      const slopeV = -sum + difference;
      out[i] = x - sum - difference - 2 * bend * x * slopeV;
      out[i + 1] = points[i + 1] + slopeV;
    }
  };
  return { density, denoise, sigma: 1 };
}

class Correlated implements Simulation {
  readonly done = false;
  readonly stepsPerFrame = 0.5;
  readonly target: Target;
  readonly paths: Paths;
  readonly #values: CorrelatedValues;
  readonly #walkers: readonly Walkers[];
  readonly #landscape: Landscape;
  readonly #distances = METHODS.map(() => new Trace());
  readonly #ratios = METHODS.map(() => new Trace());
  #steps = 0;

  constructor(values: CorrelatedValues) {
    this.#values = values;
    const draws = drawsOf(values);
    this.#landscape = landscapeOf(values);
    this.target = new Target(this.#landscape.density, draws.particles);
    this.paths = new Paths({
      words: PATH_WORDS[values.path],
      mover: (factor) =>
        walker({ name: values.path, stepSize: factor * values.stepSize }, this.#landscape, { start: [0, 0], seed: draws.seed }),
      shown: (factor) => factor * values.stepSize,
    });
    const start = gaussianCloud(draws, "start").map((z) => 0.1 * z - 1.2);
    this.#walkers = METHODS.map((name) => {
      const method: Method = { name, stepSize: values.stepSize };
      return new Walkers(start, method, this.#landscape, new RandomNumbers(`langevin/${draws.seed}/${name}`));
    });
  }

  get planes(): readonly Plane[] {
    const { density } = this.target;
    return this.#walkers.map(({ x, move }) => ({ particles: x, density, field: undefined, heat: heatOf(0.27, 0.05, 2), marks: [], move }));
  }

  get warning(): string | undefined {
    const limit = 2 * Math.sqrt(variancesOf(this.#values.correlation)[1]);
    if (this.#values.shape !== "line" || this.#values.stepSize < limit) return undefined;
    return `Plain Langevin is unstable: its steps must be below 2 w = ${Number(limit.toPrecision(2))}, where w is the target's width.`;
  }

  /** All methods evaluate the score as often: one proposal of HMC for LEAPS steps of the others. */
  step(): void {
    if (this.#steps === 0) this.#record();
    for (const [i, walkers] of this.#walkers.entries()) for (let k = 0; k < (METHODS[i] === "hmc" ? 1 : LEAPS); k++) walkers.step();
    this.#steps++;
    if (this.#steps % RECORDED === 0) this.#record();
  }

  #record(): void {
    for (const [i, { x }] of this.#walkers.entries()) {
      this.#distances[i].add(LEAPS * this.#steps, this.target.distanceOf(x));
      this.#ratios[i].add(LEAPS * this.#steps, this.#ratio(x));
    }
  }

  /** The variance of (x - y) / sqrt(2), the bend undone, over that of the target. */
  #ratio(particles: Float32Array): number {
    const bend = this.#values.shape === "bend" ? BEND : 0;
    let [sum, squares] = [0, 0];
    for (let i = 0; i < particles.length; i += 2) {
      const v = (particles[i] - unbend(bend, particles[i], particles[i + 1])) / Math.SQRT2;
      sum += v;
      squares += v * v;
    }
    const n = particles.length / 2;
    return (squares / n - (sum / n) ** 2) / variancesOf(this.#values.correlation)[1];
  }

  rows(): readonly TableRow[] {
    return [
      { label: "Evaluations of the score", values: this.#walkers.map(() => LEAPS * this.#steps) },
      {
        label: "Share of steps accepted",
        values: this.#walkers.map(({ acceptance }, i) => (METHODS[i] === "plain" ? "all" : acceptance!)),
        isResult: true,
      },
      { label: "Variance across the ridge over the exact one", values: this.#walkers.map(({ x }) => this.#ratio(x)), isResult: true },
      ...distanceRows(this.target, this.#walkers),
    ];
  }

  charts(): readonly ChartData[] {
    if (this.#steps === 0 && this.#distances[0].points.length === 0) this.#record();
    const x = [0, Math.max(1, LEAPS * this.#steps)] as const;
    return [
      { x, y: [0.03, 1], lines: [...this.#distances.map(({ points }) => points), level(x, this.target.exact)] },
      { x, y: [0, 2.5], lines: [...this.#ratios.map(({ points }) => points), level(x, 1)] },
    ];
  }
}
