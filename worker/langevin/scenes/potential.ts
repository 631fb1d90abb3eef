/** Particles in a potential, underdamped by BAOAB or overdamped by Euler-Maruyama, both at sigma^2 = kT. */
import { ald } from "../../../wasm-model/sampling/ald.ts";
import { Chains } from "../diagnostics.ts";
import { choice, slider } from "../fields.ts";
import { formulaProblem, readFormula } from "../formula.ts";
import { kinetic } from "../kinetic.ts";
import { heatOf } from "../level-plane.ts";
import { batchOf, type Draws, ENDLESS, gaussianCloud, ParticleRun } from "../particles.ts";
import { pointsField, pointsIn } from "../points.ts";
import { type Chart, distanceTo, Readings, rightHalfOf, since } from "../readings.ts";
import { type ArrowField, drawsOf, type Plane, type Scene, type SceneStart, type Simulation } from "../scene.ts";
import { CELLS, HALF, histogram, marginal, Target } from "../target.ts";
import { formulaPotential, largestCurvature, type Potential, wellsPotential } from "../wells.ts";

/** Share of the target distribution outside of the plane, above which the scene says so. */
const OUTSIDE = 0.1;
/** The largest exponent of a density: far out, a formula may be lower than anywhere in the plane. */
const LARGEST = 600;
/** As far out, a potential that falls without end is lower than anywhere in the plane: no distribution is at equilibrium. */
const FAR = 1e4;
const WELLS = "-1.3,0.9;1.2,1.1;0.2,-1.3;-0.3,-1.2";

const TEMPERATURES = [0.05, 2] as const;

const FIELDS = {
  dynamics: choice("Dynamics", { kinetic: "underdamped", ald: "overdamped" }, "kinetic"),
  temperature: slider("Temperature kT", TEMPERATURES, 0.28, 0.01),
  friction: slider("Friction γ", [0.1, 5], 1, 0.1, "per s"),
  timeStep: slider("Step Δt", [0.01, 0.2], 0.1, 0.01, "s"),
  wells: pointsField("Wells, drawn or written, in place of a formula", WELLS, { most: 24, spacing: 0.3, also: { formula: "" } }),
  formula: { kind: "text", label: "Potential U by a formula", default: "", example: "(x^2 - 1)^2 + y^2", problem: formulaProblem },
} as const;

type PotentialStart = SceneStart<typeof FIELDS>;

export const potential: Scene = {
  name: "potential",
  fields: FIELDS,
  planes: ["Particles in the potential"],
  start(values) {
    const asked = values as PotentialStart;
    const potential = potentialOf(asked);
    return settling(asked, potential, spot(drawsOf(asked), potential), 0);
  },
};

/** By the visitor's formula, or by wells. */
function potentialOf({ formula, wells }: PotentialStart): Potential {
  const read = formula === "" ? "" : readFormula(formula);
  return typeof read === "string" ? wellsPotential(pointsIn(wells)) : formulaPotential(read);
}

/** The particles begin on a spot: among wells at the edge. */
const spot = (draws: Draws, { start = [-1.6, -1] }: Potential): Float32Array =>
  gaussianCloud(draws, "start").map((z, i) => start[i % 2] + 0.15 * z);

/** `nth`: how often the values changed before; each time there is other noise. */
function settling(values: PotentialStart, potential: Potential, start: Float32Array, nth: number): Simulation {
  const { temperature, dynamics, timeStep, friction, wells, formula } = values;
  const draws = drawsOf(values);
  const { energy, denoise, lowest } = potential;
  const isBound = Array.from({ length: 16 }, (_, i) => (i * Math.PI) / 8).every(
    (angle) => !(energy(FAR * Math.cos(angle), FAR * Math.sin(angle)) < lowest),
  );
  const density = (x: number, y: number) => (isBound ? Math.exp(Math.min(LARGEST, (lowest - energy(x, y)) / temperature)) : Number.NaN);
  const common = { ...batchOf(draws, `noise/${nth}`), sigmas: [Math.sqrt(temperature)], stepsPerLevel: ENDLESS };
  /** Of `ald` at sigma^2 = kT, x <- x - grad U dt / gamma + sqrt(2 kT dt / gamma) z. */
  const epsilon = (2 * temperature * timeStep) / friction;
  const sampler = dynamics === "kinetic" ? kinetic({ ...common, timeStep, friction }) : ald({ ...common, epsilon });
  const run = new ParticleRun(sampler, denoise, start);
  const target = new Target(density, draws.particles);
  const chains = new Chains(dynamics === "kinetic" ? "BAOAB" : "Euler–Maruyama", target);
  const readings = new Readings(["particles"], rightHalfOf(target), distanceTo(target));
  const field: ArrowField = (points, out) => {
    denoise(points, 1, out);
    for (let i = 0; i < out.length; i++) out[i] = Math.tanh((out[i] - points[i]) / 2);
  };
  const shown = { density, field, heat: heatOf(temperature, ...TEMPERATURES), marks: formula === "" ? pointsIn(wells) : [] };
  const curvature = largestCurvature(energy, temperature);
  const [rule, limit] = dynamics === "kinetic" ? ["2/√k", 2 / Math.sqrt(curvature)] : ["2γ/k", (2 * friction) / curvature];
  let time = 0;
  return {
    ...{ target, chains: [chains], stepsPerFrame: 2 },
    get planes(): readonly Plane[] {
      return [{ ...shown, particles: run.x }];
    },
    /** The particles stay where they are; their momenta are new. */
    change(changed) {
      const next = changed as PotentialStart;
      const isSame = (["particles", "seed", "formula"] as const).every((name) => next[name] === values[name]);
      const isLost = run.x.some((value) => !(Math.abs(value) < 10 * HALF));
      const another = potentialOf(next);
      return settling(next, another, isSame && !isLost ? run.x : spot(drawsOf(next), another), nth + 1);
    },
    get warning() {
      const { outside } = target;
      if (!isBound) return "No equilibrium: this potential falls without end.";
      if (outside > OUTSIDE) return `${Math.round(100 * outside)} % of this potential’s particles belong outside of the plane.`;
      if (timeStep < limit) return undefined;
      return `Unstable: a step of ${timeStep} s is too long for this potential. Steps must be below ${rule} = ${Number(limit.toPrecision(2))} s, where k is the largest curvature of U.`;
    },
    step() {
      if (isBound && run.evaluations % 4 === 0) readings.record(time, [run.x]);
      run.step();
      chains.add(run.x);
      time += timeStep;
    },
    rows: () => [
      { label: "Time in s", values: [time] },
      ...readings
        .rows([run.x])
        .map((row) => ({ ...row, values: row.values.map((value) => (Number.isNaN(value) ? "no equilibrium" : value)) })),
    ],
    charts() {
      const [, distance] = readings.charts(since("time in s", time));
      return [histogramOf(run.x, target), distance];
    },
  };
}

/** Of x, beside the Boltzmann distribution. */
function histogramOf(particles: Float32Array, target: Target): Chart {
  const middle = (i: number) => -HALF + ((i + 0.5) * 2 * HALF) / CELLS;
  const alongX = (cells: Float64Array) => [...marginal(cells)].map((share, i) => [middle(i), share] as const);
  const exact = alongX(target.cells);
  return {
    title: "Histogram of x",
    x: { label: "x", from: -HALF, to: HALF },
    y: { label: "share", from: 0, to: 1.4 * Math.max(1 / CELLS, ...exact.map(([, share]) => share || 0)) },
    lines: [
      { name: "particles", points: alongX(histogram(particles)), look: "bars" },
      { name: "Boltzmann distribution", points: exact, look: "exact" },
    ],
  };
}
