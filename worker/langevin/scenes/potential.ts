/** Particles in a potential, underdamped by BAOAB or overdamped by Euler-Maruyama, both at sigma^2 = kT. */
import { ald } from "../../../wasm-model/sampling/samplers.ts";
import { choice, slider } from "../fields.ts";
import { kinetic } from "../kinetic.ts";
import { batchOf, ENDLESS, gaussianCloud, ParticleRun } from "../particles.ts";
import { axisSince, type Chart, distanceTo, readingsOf, rightHalfOf } from "../readings.ts";
import { type ArrowField, drawsOf, type Scene, type SceneStart, type Simulation } from "../scene.ts";
import { CELLS, HALF, histogram, marginal, type Target, targetOf } from "../target.ts";
import { energy, FORMULA, pointsField, pointsIn, wellsDenoiser } from "../wells.ts";

const WELLS = "-1.3,0.9;1.2,1.1;0.2,-1.3;-0.3,-1.2";

const FIELDS = {
  dynamics: choice("Dynamics", { kinetic: "underdamped", ald: "overdamped" }, "kinetic"),
  temperature: slider("Temperature kT", [0.05, 2], 0.28, 0.01),
  friction: slider("Friction γ", [0.1, 5], 1, 0.1, "per s"),
  timeStep: slider("Step Δt", [0.01, 0.2], 0.1, 0.01, "s"),
  start: choice("Start", { edge: "at the edge", slope: "left of the first well" }, "edge"),
  wells: pointsField("Wells, drawn or written", WELLS, { most: 24, spacing: 0.3 }),
} as const;

type PotentialStart = SceneStart<typeof FIELDS>;

export const potential: Scene = {
  name: "potential",
  fields: FIELDS,
  planes: ["Particles in the potential"],
  formula: FORMULA,
  *start(values: PotentialStart) {
    const start = spotOfParticles(values);
    yield;
    return simulateFrom(values, start, 0);
  },
};

/** Lengths from the first well to the left, where its slope is nearly that of a spring. */
const DISPLACED = 0.3;

/** The particles begin on a spot at the edge, or beside the first well. */
function spotOfParticles(values: PotentialStart): Float32Array {
  const [[x, y]] = [...pointsIn(values.wells), [0, 0]];
  const spot = values.start === "edge" ? [-1.6, -1] : [x - DISPLACED, y];
  return gaussianCloud(drawsOf(values), "start").map((z, i) => spot[i % 2] + 0.15 * z);
}

/** `nth`: how often the values changed before; each time there is other noise. */
function simulateFrom(values: PotentialStart, start: Float32Array, nth: number): Simulation {
  const { temperature, dynamics, timeStep, friction } = values;
  const draws = drawsOf(values);
  const wells = pointsIn(values.wells);
  const denoise = wellsDenoiser(wells);
  const density = (x: number, y: number) => Math.exp(-energy(wells, x, y) / temperature);
  const batch = batchOf(draws, `noise/${nth}`);
  const sigma = Math.sqrt(temperature);
  /** Of `ald` at sigma^2 = kT, x <- x - grad U dt / gamma + sqrt(2 kT dt / gamma) z. */
  const epsilon = (2 * temperature * timeStep) / friction;
  const sampler =
    dynamics === "kinetic"
      ? kinetic({ ...batch, sigma, steps: ENDLESS, timeStep, friction })
      : ald({ ...batch, sigmas: [sigma], stepsPerLevel: ENDLESS, epsilon });
  const run = new ParticleRun(sampler, denoise, start);
  const target = targetOf(density, draws.particles);
  const readings = readingsOf(["particles"], rightHalfOf(target), distanceTo(target));
  const field: ArrowField = (points, out) => {
    denoise(points, 1, out);
    for (let i = 0; i < out.length; i++) out[i] = Math.tanh((out[i] - points[i]) / 2);
  };
  /** Whether steps that are too long have thrown particles out, who never come back. */
  const areLost = (): boolean => run.x.some((value) => !(Math.abs(value) < 10 * HALF));
  let time = 0;
  return {
    target,
    planes: [() => ({ density, field, marks: wells, particles: run.x })],
    stepsPerFrame: () => 2,
    done: () => false,
    /** The particles stay where they are; their momenta are new. */
    change(next: PotentialStart) {
      const isSame = (["particles", "seed", "start"] as const).every((name) => next[name] === values[name]);
      return simulateFrom(next, isSame && !areLost() ? run.x : spotOfParticles(next), nth + 1);
    },
    warning: () => (areLost() ? "Particles have left for good: the step is too long." : ""),
    *step() {
      if (run.evaluations % 4 === 0) readings.record(time, [run.x]);
      yield;
      run.step();
      time += timeStep;
    },
    rows: () => [{ label: "Time in s", values: [time] }, ...readings.rows([run.x])],
    charts() {
      const [, distance] = readings.charts(axisSince("time in s", time));
      return [histogramOf(run.x, target), distance];
    },
  };
}

/** A histogram of x beside that of the Boltzmann distribution. */
function histogramOf(particles: Float32Array, target: Target): Chart {
  const middle = (i: number) => -HALF + ((i + 0.5) * 2 * HALF) / CELLS;
  const alongX = (cells: Float64Array) => [...marginal(cells)].map((share, i) => [middle(i), share] as const);
  const exact = alongX(target.probabilities().cells);
  return {
    title: "Histogram of x",
    x: { label: "x", from: -HALF, to: HALF },
    y: { label: "share", from: 0, to: 1.4 * Math.max(...exact.map(([, share]) => share)) },
    lines: [
      { name: "particles", points: alongX(histogram(particles)), look: "bars" },
      { name: "Boltzmann distribution", points: exact, look: "exact" },
    ],
  };
}
