import { choice, type DrawnPoints, drawsOf, type FormulaField, type SceneStart, type SceneValues } from "../controls.ts";
import type { Paths } from "../diagnostics.ts";
import { baoab, eulerMaruyama, pathsOf } from "../dynamics.ts";
import { readFormula } from "../formula.ts";
import { heatOf } from "../level-plane.ts";
import { MeasuredRuns } from "../measured-runs.ts";
import { type Draws, gaussianCloud, type ParticleDenoiser, ParticleRun } from "../particles.ts";
import { RandomNumbers } from "../random-numbers.ts";
import {
  type ArrowField,
  type ChartData,
  distanceChart,
  level,
  type Plane,
  type Scene,
  type Simulation,
  type TableRow,
  Trace,
} from "../scene.ts";
import { best, CELLS, HALF, histogram, marginal, Target } from "../target.ts";
import { formulaPotential, largestCurvature, type Potential, wellsPotential } from "../wells.ts";

/** Free particles (without potential), to measure how fast they diffuse. */
const FREE_PARTICLES = 2000;
/** Share of the target distribution outside of the plane, above which the scene says so. */
const OUTSIDE = 0.1;
/** No points. */
const NONE: Plane["marks"] = [];
/** The largest exponent of a density: far out, a formula may be lower than anywhere in the plane. */
const LARGEST = 600;
/** Step sizes of the chart, in s; the largest takes the shortest run. */
const STUDIED = [0.2, 0.1, 0.05, 0.025, 0.0125];

const WELLS: DrawnPoints = {
  kind: "drawing",
  label: "Wells of the potential",
  one: "well",
  most: 24,
  spacing: 0.3,
  default: [
    [-1.3, 0.9],
    [1.2, 1.1],
    [0.2, -1.3],
    [-0.3, -1.2],
  ],
  also: { formula: "" },
};

const FORMULA: FormulaField = { kind: "formula", label: "Potential U by a formula", default: "", example: "(x^2 - 1)^2 + y^2" };

const CONTROLS = {
  dynamics: choice("Dynamics", { kinetic: "underdamped", ald: "overdamped" }, "kinetic"),
  temperature: { kind: "slider", label: "Temperature kT", unit: "", min: 0.05, max: 2, default: 0.27, scale: "ratio" },
  friction: { kind: "slider", label: "Friction γ", unit: "per s", min: 0.1, max: 5, default: 1, scale: "ratio" },
  timeStep: { kind: "slider", label: "Step Δt", unit: "s", min: 0.01, max: 0.2, default: 0.1, scale: "ratio" },
  wells: WELLS,
  formula: FORMULA,
} as const;

export const potential: Scene = {
  name: "potential",
  title: "Particles in a potential",
  sentences: [
    "Each particle rolls downhill, is slowed by friction γ and kicked by the heat of its surroundings. Dig wells wherever you like, or write a formula for the potential; energies and kT are in units of a well's depth. Beyond a radius of 2 a soft wall keeps the particles in.",
    "The exact equations lead to the Boltzmann distribution in any potential. A computer takes finite steps, and then the method matters. The underdamped steps (BAOAB) come as close as exact draws at every Δt of the slider; the longer Δt is, the farther off are the overdamped ones (Euler–Maruyama), as the chart shows. Scene 6 has a cure. At low kT, crossing from well to well takes too long to watch.",
    "Kicks and friction come from the same collisions: without a potential, particles diffuse at just the rate D that satisfies Einstein's kT = γ D, so the measured γ D is a thermometer.",
  ],
  equations: [
    {
      dynamics: "kinetic",
      math: `<mi>d</mi><mi>x</mi><mo>=</mo><mi>v</mi><mspace width="0.15em"/><mi>d</mi><mi>t</mi>`,
      words: "dx equals v dt",
    },
    {
      dynamics: "kinetic",
      math: `<mi>d</mi><mi>v</mi><mo>=</mo><mo>−</mo><mo>∇</mo><mi>U</mi><mspace width="0.15em"/><mi>d</mi><mi>t</mi><mo>−</mo><mi>γ</mi><mi>v</mi><mspace width="0.15em"/><mi>d</mi><mi>t</mi><mo>+</mo><msqrt><mn>2</mn><mi>γ</mi><mspace width="0.1em"/><mi>k</mi><mi>T</mi></msqrt><mspace width="0.2em"/><mi>d</mi><mi>W</mi>`,
      words: "dv equals minus the gradient of U dt, minus gamma v dt, plus the root of 2 gamma k T, dW",
    },
    {
      dynamics: "ald",
      math: `<mi>x</mi><mo>←</mo><mi>x</mi><mo>−</mo><mfrac><mrow><mi>Δ</mi><mi>t</mi></mrow><mi>γ</mi></mfrac><mspace width="0.1em"/><mo>∇</mo><mi>U</mi><mo>+</mo><msqrt><mn>2</mn><mspace width="0.1em"/><mi>k</mi><mi>T</mi><mspace width="0.1em"/><mi>Δ</mi><mi>t</mi><mo>/</mo><mi>γ</mi></msqrt><mspace width="0.2em"/><mi>z</mi>`,
      words: "x becomes x minus delta t over gamma times the gradient of U, plus the root of 2 k T delta t over gamma, times z",
    },
    {
      math: `<mi>p</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>∝</mo><msup><mi>e</mi><mrow><mo>−</mo><mi>U</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>/</mo><mi>k</mi><mi>T</mi></mrow></msup><mo>,</mo><mspace width="0.8em"/><mi>k</mi><mi>T</mi><mo>=</mo><mi>γ</mi><mi>D</mi>`,
      words: "p of x is proportional to e to the minus U of x over k T; k T equals gamma D",
    },
  ],
  controls: CONTROLS,
  planes: ["Particles in the potential"],
  charts: [
    { title: "Histogram of x", x: "x", y: "share", lines: ["particles", "Boltzmann distribution"], bars: true },
    distanceChart("time in s", ["particles"], "Distance by time"),
    { ...distanceChart("step Δt in s", ["Euler–Maruyama", "BAOAB"], "Settled distance by step"), logX: true },
    { title: "Friction × measured diffusion", x: "time in s", y: "γ D", lines: ["γ D of free particles", "kT"] },
  ],
  start: (values) => new PotentialScene(values as PotentialValues),
};

type PotentialValues = SceneStart<typeof CONTROLS>;

const FLAT: ParticleDenoiser = (x, _, out) => out.set(x);

/** By the visitor's formula, or by wells. */
function potentialOf({ formula, wells }: PotentialValues): Potential {
  const read = formula === "" ? "" : readFormula(formula);
  return typeof read === "string" ? wellsPotential(wells) : formulaPotential(read);
}

/** The particles begin on a spot: among wells at the edge. */
const spot = (draws: Draws, { start = [-1.6, -1] }: Potential): Float32Array =>
  gaussianCloud(draws, "start").map((z, i) => start[i % 2] + 0.15 * z);

class PotentialScene implements Simulation {
  readonly done = false;
  readonly stepsPerFrame = 2;
  #values: PotentialValues;
  #potential: Potential;
  #run: ParticleRun;
  #free: ParticleRun;
  target: Target;
  paths: Paths;
  #study: MeasuredRuns;
  #field: ArrowField;
  /** The largest stable step. */
  #limit: number;
  #time = 0;
  /** When the free particles started, all at 0. */
  #freed = 0;
  #starts = 0;
  #distances = new Trace();
  #products = new Trace();

  constructor(values: PotentialValues) {
    this.#values = values;
    this.#potential = potentialOf(values);
    const start = spot(drawsOf(values), this.#potential);
    [this.#run, this.#free, this.target, this.paths, this.#study, this.#field, this.#limit] = this.#begin(values, start);
  }

  get planes(): readonly Plane[] {
    const { temperature, wells, formula } = this.#values;
    const heat = heatOf(temperature, CONTROLS.temperature.min, CONTROLS.temperature.max);
    const { x, move } = this.#run;
    return [{ particles: x, density: this.target.density, field: this.#field, heat, marks: formula === "" ? wells : NONE, move }];
  }

  /** The particles stay where they are; their momenta are new. */
  change(values: SceneValues): void {
    const { particles, seed, formula } = this.#values;
    this.#values = values as PotentialValues;
    this.#potential = potentialOf(this.#values);
    const isSame = particles === this.#values.particles && seed === this.#values.seed && formula === this.#values.formula;
    const isLost = this.#run.x.some((value) => !(Math.abs(value) < 10 * HALF));
    this.#starts++;
    const start = isSame && !isLost ? this.#run.x : spot(drawsOf(this.#values), this.#potential);
    [this.#run, this.#free, this.target, this.paths, this.#study, this.#field, this.#limit] = this.#begin(this.#values, start);
    this.#freed = this.#time;
    this.#products = new Trace();
  }

  #begin(values: PotentialValues, start: Float32Array) {
    const { temperature, dynamics, timeStep, friction } = values;
    const draws = drawsOf(values);
    const { energy, denoise, lowest, start: first = [-1.3, 0.9] } = this.#potential;
    const field: ArrowField = (points, out) => {
      denoise(points, 1, out);
      for (let i = 0; i < out.length; i++) out[i] = Math.tanh((out[i] - points[i]) / 2);
    };
    const method = dynamics === "kinetic" ? baoab(values) : eulerMaruyama(values);
    const stream = `noise/${this.#starts}`;
    const free = { particles: FREE_PARTICLES, seed: draws.seed };
    const density = (x: number, y: number) => Math.exp(Math.min(LARGEST, (lowest - energy(x, y)) / temperature));
    const target = new Target(density, draws.particles);
    const curvature = largestCurvature(energy, temperature);
    return [
      new ParticleRun(method.create(timeStep, draws, stream), denoise, { start, noise: method.noise(timeStep, draws, stream) }),
      new ParticleRun(method.create(timeStep, free, `free/${this.#starts}`), FLAT, { start: new Float32Array(2 * FREE_PARTICLES) }),
      target,
      pathsOf(values, { density, denoise, sigma: Math.sqrt(temperature) }, first),
      this.#studyOf(values, target, denoise),
      field,
      dynamics === "kinetic" ? 2 / Math.sqrt(curvature) : (2 * friction) / curvature,
    ] as const;
  }

  /**
   * How far a step size moves each method's stationary distribution: particles start from exact draws and run until they
   * have settled. Overdamped ones settle within a few gamma, underdamped ones also need a few 1 / gamma; both at most
   * 400 steps.
   */
  #studyOf(values: PotentialValues, target: Target, denoise: ParticleDenoiser): MeasuredRuns {
    const { friction } = values;
    const draws = drawsOf(values);
    let start: Float32Array | undefined;
    const exact = () => (start ??= target.draws(draws.particles, new RandomNumbers(`langevin/${draws.seed}/exact`)));
    const within = (time: number) => (timeStep: number) => Math.min(400, Math.max(24, Math.ceil(time / timeStep)));
    const methods = [
      { ...eulerMaruyama(values), settled: within(3 * friction) },
      { ...baoab(values), settled: within(4 * Math.max(1, 1 / friction)) },
    ];
    const runs = STUDIED.flatMap((timeStep) =>
      methods.map(({ create, settled }, line) => ({
        line,
        begin: () => new ParticleRun(create(timeStep, draws, `study/${line}/${timeStep}`), denoise, { start: exact() }),
        xAtEnd: ({ evaluations }: ParticleRun) => (evaluations < settled(timeStep) ? undefined : timeStep),
      })),
    );
    return new MeasuredRuns(target, methods.length, runs);
  }

  get warning(): string | undefined {
    const { timeStep, dynamics } = this.#values;
    const { outside } = this.target;
    if (outside > OUTSIDE) return `${Math.round(100 * outside)} % of this potential’s particles belong outside of the plane.`;
    if (timeStep < this.#limit) return undefined;
    const rule = dynamics === "kinetic" ? "2/√k" : "2γ/k";
    const limit = Number(this.#limit.toPrecision(2));
    return `Unstable: a step of ${timeStep} s is too long for this potential. Steps must be below ${rule} = ${limit} s, where k is the largest curvature of U.`;
  }

  /**
   * Records the start, as late as possible: the target's cells take long to compute, and a start should not wait for
   * them.
   */
  #recordStart(): void {
    if (this.#distances.points.length === 0) this.#distances.add(0, this.target.distanceOf(this.#run.x));
  }

  step(): void {
    this.#recordStart();
    this.#run.step();
    this.#free.step();
    this.#study.step();
    this.#time += this.#values.timeStep;
    if (this.#run.evaluations % 4 !== 0) return;
    this.#distances.add(this.#time, this.target.distanceOf(this.#run.x));
    this.#products.add(this.#time - this.#freed, this.#product());
  }

  /**
   * gamma D from the free particles' mean square displacement. Overdamped it is 4 D t. With momenta it is 4 D (t - (1 -
   * e^{-gamma t}) / gamma) (Uhlenbeck & Ornstein 1930), where steps h of BAOAB put tau = (h / 2) coth(gamma h / 2) in
   * the place of 1 / gamma: x + tau u is then a martingale with increments h z sqrt(1 - c^2) / (1 - c), c = e^{-gamma
   * h}. So the mean is kT at every step size.
   */
  #product(): number {
    const { dynamics, friction, timeStep } = this.#values;
    const t = this.#time - this.#freed;
    if (t === 0) return 0;
    const square = this.#free.x.reduce((sum, x) => sum + x * x, 0) / FREE_PARTICLES;
    if (dynamics !== "kinetic") return (friction * square) / (4 * t);
    const tau = timeStep / 2 / Math.tanh((friction * timeStep) / 2);
    return square / (4 * tau * (t + tau * Math.expm1(-friction * t)));
  }

  rows(): readonly TableRow[] {
    return [
      { label: "Time in s", values: [this.#time] },
      { label: "Distance to the Boltzmann distribution", values: [this.target.distanceOf(this.#run.x)], isResult: true },
      { label: best(this.target.particles), values: [this.target.exact] },
      { label: "Temperature kT", values: [this.#values.temperature] },
      { label: "Friction times measured diffusion, γ D", values: [this.#product()], isResult: true },
      { label: "Stable below Δt in s", values: [this.#limit] },
    ];
  }

  charts(): readonly ChartData[] {
    this.#recordStart();
    const middle = (i: number) => -HALF + ((i + 0.5) * 2 * HALF) / CELLS;
    const alongX = (cells: Float64Array) => [...marginal(cells)].map((share, i): [number, number] => [middle(i), share]);
    const targetX = alongX(this.target.cells);
    const top = 1.4 * Math.max(...targetX.map(([, share]) => share));
    const time = [0, Math.max(1, this.#time)] as const;
    const { temperature } = this.#values;
    const free = [0, Math.max(1, this.#time - this.#freed)] as const;
    const studied = [0.01, 0.25] as const;
    return [
      { x: [-HALF, HALF], y: [0, top], lines: [alongX(histogram(this.#run.x)), targetX] },
      { x: time, y: [0.01, 1], lines: [this.#distances.points, level(time, this.target.exact)] },
      { x: studied, y: [0.01, 1], lines: [...this.#study.lines, level(studied, this.target.exact)] },
      { x: free, y: [0, 2 * temperature], lines: [this.#products.points, level(free, temperature)] },
    ];
  }
}
