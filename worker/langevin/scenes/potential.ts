import { kinetic } from "../../../wasm-model/sampling/kinetic.ts";
import { choice, type DrawnPoints, type Point, type SceneValues, type ValuesOf } from "../controls.ts";
import { heatOf } from "../level-plane.ts";
import { batchOf, ENDLESS, PARTICLES, type ParticleDenoiser, ParticleRun } from "../particles.ts";
import { type ArrowField, type ChartData, level, type Plane, type Scene, type Simulation, type TableRow, Trace } from "../scene.ts";
import { BEST, CELLS, HALF, histogram, marginal, Target } from "../target.ts";

/** Depth of a well, the unit of energy, and its width. */
const DEPTH = 1;
const WIDTH = 0.45;
/** Beyond this radius a wall rises, (WALL / 2) (r - RADIUS)^2. */
const RADIUS = 2;
const WALL = 4;
/** Free particles (without potential), to measure how fast they diffuse. */
const FREE_PARTICLES = 2000;

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
};

const CONTROLS = {
  dynamics: choice("Dynamics", { kinetic: "underdamped", ald: "overdamped" }, "kinetic"),
  temperature: { kind: "slider", label: "Temperature kT", unit: "well depths", min: 0.05, max: 2, default: 0.27, scale: "ratio" },
  friction: { kind: "slider", label: "Friction γ", unit: "per s", min: 0.1, max: 5, default: 1, scale: "ratio" },
  timeStep: { kind: "slider", label: "Longest step Δt", unit: "s", min: 0.01, max: 0.1, default: 0.1, scale: "ratio" },
  wells: WELLS,
} as const;

export const potential: Scene = {
  name: "potential",
  title: "Particles in a potential",
  sentences: [
    "Each of 5000 particles rolls downhill, is slowed by friction γ and kicked by the heat of its surroundings. Dig wells wherever you like.",
    "Whatever the potential, they settle to the Boltzmann distribution, and the charts show how far they have come. Friction and the kind of dynamics change how they get there and how long it takes, but not where they end; in the cold, crossing from well to well takes longer than anyone will watch.",
    "Kicks and friction come from the same collisions: without a potential, particles diffuse at just the rate D that satisfies Einstein's kT = γ D, so the measured γ D is a thermometer.",
  ],
  equations: [
    {
      math: `<mi>d</mi><mi>x</mi><mo>=</mo><mi>v</mi><mspace width="0.15em"/><mi>d</mi><mi>t</mi>`,
      words: "dx equals v dt",
    },
    {
      math: `<mi>d</mi><mi>v</mi><mo>=</mo><mo>−</mo><mo>∇</mo><mi>U</mi><mspace width="0.15em"/><mi>d</mi><mi>t</mi><mo>−</mo><mi>γ</mi><mi>v</mi><mspace width="0.15em"/><mi>d</mi><mi>t</mi><mo>+</mo><msqrt><mn>2</mn><mi>γ</mi><mspace width="0.1em"/><mi>k</mi><mi>T</mi></msqrt><mspace width="0.2em"/><mi>d</mi><mi>W</mi>`,
      words: "dv equals minus the gradient of U dt, minus gamma v dt, plus the root of 2 gamma k T, dW",
    },
    {
      math: `<mi>p</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>∝</mo><msup><mi>e</mi><mrow><mo>−</mo><mi>U</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>/</mo><mi>k</mi><mi>T</mi></mrow></msup><mo>,</mo><mspace width="0.8em"/><mi>k</mi><mi>T</mi><mo>=</mo><mi>γ</mi><mi>D</mi>`,
      words: "p of x is proportional to e to the minus U of x over k T; k T equals gamma D",
    },
  ],
  controls: CONTROLS,
  planes: ["Particles in the potential"],
  charts: [
    {
      title: "Histogram of x and the Boltzmann distribution",
      x: "x",
      y: "share",
      lines: ["particles", "Boltzmann distribution"],
      bars: true,
    },
    {
      title: "Distance to the Boltzmann distribution",
      x: "time in s",
      y: "total variation",
      logY: true,
      lines: ["particles", "best possible"],
    },
    { title: "Friction times measured diffusion", x: "time in s", y: "γ D", lines: ["γ D of free particles", "kT"] },
  ],
  start: (values) => new Potential(values as PotentialValues),
};

type PotentialValues = ValuesOf<typeof CONTROLS>;

/** The potential U at a point. */
export function energy(wells: readonly Point[], x: number, y: number): number {
  const beyond = Math.max(0, Math.hypot(x, y) - RADIUS);
  return wells.reduce(
    (sum, [wx, wy]) => sum - DEPTH * Math.exp(-((x - wx) ** 2 + (y - wy) ** 2) / (2 * WIDTH ** 2)),
    (WALL / 2) * beyond ** 2,
  );
}

/**
 * D = x - grad U: with sigma^2 = kT the score (D - x) / sigma^2 is that of the Boltzmann distribution, -grad U / kT.
 */
export function downhill(wells: readonly Point[]): ParticleDenoiser {
  const flat = Float64Array.from(wells.flat());
  return (particles, _, out) => {
    for (let i = 0; i < particles.length; i += 2) {
      const x = particles[i]!;
      const y = particles[i + 1]!;
      let gx = 0;
      let gy = 0;
      for (let k = 0; k < flat.length; k += 2) {
        const dx = x - flat[k]!;
        const dy = y - flat[k + 1]!;
        const square = (dx * dx + dy * dy) / (WIDTH * WIDTH);
        if (square > 50) continue;
        const slope = (DEPTH / (WIDTH * WIDTH)) * Math.exp(-square / 2);
        gx += slope * dx;
        gy += slope * dy;
      }
      const radius = Math.sqrt(x * x + y * y);
      if (radius > RADIUS) {
        const slope = (WALL * (radius - RADIUS)) / radius;
        gx += slope * x;
        gy += slope * y;
      }
      out[i] = x - gx;
      out[i + 1] = y - gy;
    }
  };
}

const FLAT: ParticleDenoiser = (x, _, out) => out.set(x);

/**
 * The dynamics at sigma^2 = kT, where `kinetic` is the physicist's: it has momenta u = v / sqrt(kT) and unit mass. With
 * momenta drawn anew at each step it is overdamped, x <- x - grad U dt / gamma + sqrt(2 D dt) (z + z') / 2 with D = kT
 * / gamma and the noise z' of the step before (Leimkuhler & Matthews 2013).
 */
function sampler(values: PotentialValues, particles: number, seed: string) {
  const { dynamics, temperature, friction } = values;
  const batch = { ...batchOf(particles, seed), sigmas: [Math.sqrt(temperature)], stepsPerLevel: ENDLESS };
  const timeStep = stepOf(values);
  if (dynamics === "kinetic") return kinetic({ ...batch, timeStep, friction });
  return kinetic({ ...batch, timeStep: Math.sqrt((2 * timeStep) / friction), friction: Infinity });
}

/** An overdamped step is dt / gamma times the force. Above 1 / 20 it could overshoot where wells lie close together. */
const stepOf = ({ dynamics, friction, timeStep }: PotentialValues): number =>
  dynamics === "kinetic" ? timeStep : Math.min(timeStep, friction / 20);

/** The particles begin on a spot at the edge. */
function spot(): Float32Array {
  const x = new Float32Array(2 * PARTICLES);
  batchOf(PARTICLES, "langevin/start").noise(0, 0, x);
  return x.map((z, i) => (i % 2 === 0 ? -1.6 : -1) + 0.15 * z);
}

class Potential implements Simulation {
  readonly done = false;
  readonly stepsPerFrame = 2;
  #values: PotentialValues;
  #run: ParticleRun;
  #free: ParticleRun;
  target: Target;
  #field: ArrowField;
  #time = 0;
  /** When the free particles started, all at 0. */
  #freed = 0;
  #starts = 0;
  #distances = new Trace();
  #products = new Trace();

  constructor(values: PotentialValues) {
    this.#values = values;
    [this.#run, this.#free, this.target, this.#field] = this.#begin(values, spot());
  }

  get planes(): readonly Plane[] {
    const { temperature, wells } = this.#values;
    const heat = heatOf(temperature, CONTROLS.temperature.min, CONTROLS.temperature.max);
    return [{ particles: this.#run.x, density: this.target.density, field: this.#field, heat, marks: wells }];
  }

  /** The particles stay where they are; their momenta are new. */
  change(values: SceneValues): void {
    this.#values = values as PotentialValues;
    this.#starts++;
    [this.#run, this.#free, this.target, this.#field] = this.#begin(this.#values, this.#run.x);
    this.#freed = this.#time;
    this.#products = new Trace();
  }

  #begin(values: PotentialValues, x: Float32Array) {
    const { wells, temperature } = values;
    const denoise = downhill(wells);
    const field: ArrowField = (points, out) => {
      denoise(points, 1, out);
      for (let i = 0; i < out.length; i++) out[i] = Math.tanh((out[i]! - points[i]!) / 2);
    };
    return [
      new ParticleRun(sampler(values, PARTICLES, `langevin/${this.#starts}`), denoise, x),
      new ParticleRun(sampler(values, FREE_PARTICLES, `langevin/free/${this.#starts}`), FLAT, new Float32Array(2 * FREE_PARTICLES)),
      new Target((px, py) => Math.exp(-energy(wells, px, py) / temperature)),
      field,
    ] as const;
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
    this.#time += stepOf(this.#values);
    if (this.#run.evaluations % 4 !== 0) return;
    this.#distances.add(this.#time, this.target.distanceOf(this.#run.x));
    this.#products.add(this.#time - this.#freed, this.#product());
  }

  /**
   * gamma D from the free particles' mean square displacement: 4 D (t - (1 - e^{-gamma t}) / gamma) with momenta
   * (Uhlenbeck & Ornstein 1930), 4 D (t - dt / 2) when overdamped, where the first and the last noise count half.
   */
  #product(): number {
    const { dynamics, friction } = this.#values;
    const t = this.#time - this.#freed;
    if (t === 0) return 0;
    const square = this.#free.x.reduce((sum, x) => sum + x * x, 0) / FREE_PARTICLES;
    const ballistic = dynamics === "kinetic" ? (1 - Math.exp(-friction * t)) / friction : stepOf(this.#values) / 2;
    return (friction * square) / (4 * (t - ballistic));
  }

  rows(): readonly TableRow[] {
    return [
      { label: "Time in s", values: [this.#time] },
      { label: "Step Δt in s", values: [stepOf(this.#values)] },
      { label: "Distance to the Boltzmann distribution", values: [this.target.distanceOf(this.#run.x)], isResult: true },
      { label: BEST, values: [this.target.exact] },
      { label: "Temperature kT", values: [this.#values.temperature] },
      { label: "Friction times measured diffusion, γ D", values: [this.#product()], isResult: true },
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
    return [
      { x: [-HALF, HALF], y: [0, top], lines: [alongX(histogram(this.#run.x)), targetX] },
      { x: time, y: [0.01, 1], lines: [this.#distances.points, level(time, this.target.exact)] },
      { x: free, y: [0, 2 * temperature], lines: [this.#products.points, level(free, temperature)] },
    ];
  }
}
