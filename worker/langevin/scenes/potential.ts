/** Particles in a potential, underdamped by BAOAB or overdamped by Euler-Maruyama, both at sigma^2 = kT. */
import { ald } from "../../../wasm-model/sampling/ald.ts";
import { kinetic } from "../../../wasm-model/sampling/kinetic.ts";
import { Chains, walkingChains } from "../diagnostics.ts";
import { choice, slider, type Values } from "../fields.ts";
import { formulaProblem, readFormula } from "../formula.ts";
import { heatOf } from "../level-plane.ts";
import { batchOf, type Draws, ENDLESS, gaussianCloud, ParticleRun } from "../particles.ts";
import { type Point, pointsField, pointsIn } from "../points.ts";
import { type ChartData, distanceChart, distanceRows, type TableRow, Traces } from "../readings.ts";
import { type ArrowField, drawsOf, type Plane, type Scene, type SceneStart, type Simulation } from "../scene.ts";
import { CELLS, HALF, histogram, marginal, rightHalf, Target } from "../target.ts";
import { formulaPotential, largestCurvature, type Potential, wellsPotential } from "../wells.ts";

/** Share of the target distribution outside of the plane, above which the scene says so. */
const OUTSIDE = 0.1;
/** The largest exponent of a density: far out, a formula may be lower than anywhere in the plane. */
const LARGEST = 600;
const WELLS = "-1.3,0.9;1.2,1.1;0.2,-1.3;-0.3,-1.2";

const TEMPERATURES = [0.05, 2] as const;

const FIELDS = {
  dynamics: choice("Dynamics", { kinetic: "underdamped", ald: "overdamped" }, "kinetic"),
  temperature: slider("Temperature kT", TEMPERATURES, 0.28, "ratio"),
  friction: slider("Friction γ", [0.1, 5], 1, "ratio", "per s"),
  timeStep: slider("Step Δt", [0.01, 0.2], 0.1, "ratio", "s"),
  wells: pointsField("Wells, drawn in the plane or written", WELLS, { most: 24, spacing: 0.3, also: { formula: "" } }),
  formula: { kind: "text", label: "Potential U by a formula", default: "", example: "(x^2 - 1)^2 + y^2", problem: formulaProblem },
} as const;

export const potential: Scene = {
  name: "potential",
  fields: FIELDS,
  planes: ["Particles in the potential"],
  charts: [
    { title: "Histogram of x", x: "x", y: "share", lines: ["particles", "Boltzmann distribution"], bars: true, exact: true },
    distanceChart("time in s", ["particles"]),
  ],
  start: (values) => new PotentialScene(values as PotentialValues),
};

type PotentialValues = SceneStart<typeof FIELDS>;

/** By the visitor's formula, or by wells. */
function potentialOf({ formula, wells }: PotentialValues): Potential {
  const read = formula === "" ? "" : readFormula(formula);
  return typeof read === "string" ? wellsPotential(pointsIn(wells)) : formulaPotential(read);
}

/** The particles begin on a spot: among wells at the edge. */
const spot = (draws: Draws, { start = [-1.6, -1] }: Potential): Float32Array =>
  gaussianCloud(draws, "start").map((z, i) => start[i % 2] + 0.15 * z);

class PotentialScene implements Simulation {
  readonly done = false;
  readonly stepsPerFrame = 2;
  #values: PotentialValues;
  #potential: Potential;
  #run!: ParticleRun;
  target!: Target;
  chains!: Chains;
  #field!: ArrowField;
  #marks: readonly Point[] = [];
  /** The largest stable step. */
  #limit = 0;
  #time = 0;
  #starts = 0;
  readonly #distances = new Traces(1);

  constructor(values: PotentialValues) {
    this.#values = values;
    this.#potential = potentialOf(values);
    this.#begin(spot(drawsOf(values), this.#potential));
  }

  get planes(): readonly Plane[] {
    const { temperature } = this.#values;
    const { density } = this.target;
    return [{ particles: this.#run.x, density, field: this.#field, heat: heatOf(temperature, ...TEMPERATURES), marks: this.#marks }];
  }

  /** The particles stay where they are; their momenta are new. */
  change(values: Values): void {
    const { particles, seed, formula } = this.#values;
    this.#values = values as PotentialValues;
    this.#potential = potentialOf(this.#values);
    const isSame = particles === this.#values.particles && seed === this.#values.seed && formula === this.#values.formula;
    const isLost = this.#run.x.some((value) => !(Math.abs(value) < 10 * HALF));
    this.#starts++;
    this.#begin(isSame && !isLost ? this.#run.x : spot(drawsOf(this.#values), this.#potential));
  }

  #begin(start: Float32Array): void {
    const { temperature, dynamics, timeStep, friction, wells, formula } = this.#values;
    const draws = drawsOf(this.#values);
    const { energy, denoise, lowest } = this.#potential;
    this.#marks = formula === "" ? pointsIn(wells) : [];
    const sigma = Math.sqrt(temperature);
    const density = (x: number, y: number) => Math.exp(Math.min(LARGEST, (lowest - energy(x, y)) / temperature));
    /** Of `ald` at sigma^2 = kT, x <- x - grad U dt / gamma + sqrt(2 kT dt / gamma) z. */
    const epsilon = (2 * temperature * timeStep) / friction;
    const sampler = (particles: number, stream: string) => {
      const common = { ...batchOf({ ...draws, particles }, stream), sigmas: [sigma], stepsPerLevel: ENDLESS };
      return dynamics === "kinetic" ? kinetic({ ...common, timeStep, friction }) : ald({ ...common, epsilon });
    };
    this.#run = new ParticleRun(sampler(draws.particles, `noise/${this.#starts}`), denoise, start);
    this.target = new Target(density, draws.particles);
    this.chains =
      dynamics === "kinetic"
        ? new Chains(
            "underdamped steps (BAOAB)",
            this.target,
            (places) => new ParticleRun(sampler(places.length / 2, "chains"), denoise, places),
          )
        : walkingChains(
            "overdamped steps (Euler–Maruyama); acceptance is what a Metropolis test would do",
            this.target,
            { name: "plain", stepSize: Math.sqrt(epsilon) },
            { density, denoise, sigma },
            draws.seed,
          );
    this.#field = (points, out) => {
      denoise(points, 1, out);
      for (let i = 0; i < out.length; i++) out[i] = Math.tanh((out[i] - points[i]) / 2);
    };
    const curvature = largestCurvature(energy, temperature);
    this.#limit = dynamics === "kinetic" ? 2 / Math.sqrt(curvature) : (2 * friction) / curvature;
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

  step(): void {
    if (this.#run.evaluations % 4 === 0) this.#distances.add(this.#time, [this.target.distanceOf(this.#run.x)]);
    this.#run.step();
    this.#time += this.#values.timeStep;
  }

  rows(): readonly TableRow[] {
    return [
      { label: "Time in s", values: [this.#time] },
      { label: "Weight of the right half", values: [rightHalf(histogram(this.#run.x))], isResult: true },
      { label: "Weight in the target distribution", values: [rightHalf(this.target.cells)] },
      ...distanceRows(this.target, [this.#run]),
    ];
  }

  charts(): readonly ChartData[] {
    const middle = (i: number) => -HALF + ((i + 0.5) * 2 * HALF) / CELLS;
    const alongX = (cells: Float64Array) => [...marginal(cells)].map((share, i): [number, number] => [middle(i), share]);
    const targetX = alongX(this.target.cells);
    const top = 1.4 * Math.max(...targetX.map(([, share]) => share));
    return [
      { x: [-HALF, HALF], y: [0, top], lines: [alongX(histogram(this.#run.x)), targetX] },
      this.#distances.chart(this.#time, [0.01, 1], this.target.exact),
    ];
  }
}
