/** Plain Langevin dynamics, MALA and Hamiltonian Monte Carlo on a long and narrow Gaussian, with as many evaluations each. */
import { choice, slider } from "../fields.ts";
import { gaussianCloud, type ParticleDenoiser } from "../particles.ts";
import { randomNumbers } from "../random-numbers.ts";
import { distanceTo, type Quantity, readingsOf, since } from "../readings.ts";
import { drawsOf, PARTICLES, type Scene, type SceneStart, type Simulation } from "../scene.ts";
import { type Density, targetOf } from "../target.ts";
import { type Landscape, LEAPS, Walkers } from "../walkers.ts";

/** Standard deviation of each coordinate. */
const STD = 0.9;
const NAMES = ["plain", "mala", "hmc"] as const;
const FIELDS = {
  correlation: slider("Correlation ρ", [0, 0.99], 0.95, 0.01),
  stepSize: slider("Step h", [0.02, 0.6], 0.24, 0.004, "lengths"),
  length: choice("Paths of HMC", { random: "random length", fixed: `${LEAPS} steps` }, "random"),
  particles: choice("Particles", PARTICLES, "1000"), // of each method
} as const;

export const correlated: Scene = {
  name: "correlated",
  fields: FIELDS,
  planes: ["Plain: Langevin dynamics", "MALA", "HMC: Hamiltonian Monte Carlo"],
  start: begin,
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
  return { density, denoise };
}

/** The variance of (x - y) / sqrt(2) over the exact one. */
const varianceAcross = (exact: number): Quantity => ({
  label: "Variance across ÷ exact",
  axis: { label: "ratio", from: 0, to: 2.5 },
  of(particles) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < particles.length; i += 2) {
      const v = (particles[i] - particles[i + 1]) / Math.SQRT2;
      sum += v;
      squares += v * v;
    }
    const n = particles.length / 2;
    return (squares / n - (sum / n) ** 2) / exact;
  },
  exactLabel: "In the target distribution",
  exact: () => 1,
});

function* begin(values: SceneStart<typeof FIELDS>): Generator<void, Simulation> {
  const { correlation, stepSize, length } = values;
  const draws = drawsOf(values);
  const landscape = landscapeOf(correlation);
  const target = targetOf(landscape.density, draws.particles);
  const start = gaussianCloud(draws, "start").map((z) => 0.1 * z - 1.2);
  yield;
  const walkers = NAMES.map(
    (name) =>
      new Walkers(start, { name, stepSize, isFixed: length === "fixed" }, landscape, randomNumbers(`langevin/${draws.seed}/${name}`)),
  );
  const [, mala, hmc] = walkers;
  const clouds = walkers.map(({ x }) => x);
  const across = variancesOf(correlation)[1];
  const readings = readingsOf(["plain", "MALA", "HMC"], distanceTo(target), varianceAcross(across));
  const planes = clouds.map((particles) => ({ particles, density: target.density }));
  const limit = Number((2 * Math.sqrt(across)).toPrecision(2));
  return {
    ...{ target, planes, stepsPerFrame: 10 },
    warning:
      stepSize < 2 * Math.sqrt(across)
        ? undefined
        : `Plain Langevin is unstable: its steps must be below 2 w = ${limit}, where w is the target's width.`,
    /** One step of the method that has had the fewest evaluations: a proposal of HMC, and then steps of the others. */
    *step() {
      const least = Math.min(...walkers.map(({ evaluations }) => evaluations));
      const next = walkers.findLastIndex(({ evaluations }) => evaluations === least);
      if (walkers[next] === hmc) readings.record(least, clouds);
      yield;
      walkers[next].step();
    },
    rows: () => [
      { label: "Evaluations of the score", values: walkers.map(({ evaluations }) => evaluations) },
      { label: "Share of steps accepted", values: ["all", mala.acceptance, hmc.acceptance], isResult: true },
      ...readings.rows(clouds),
    ],
    charts: () => readings.charts(since("evaluations of the score", hmc.evaluations)),
  };
}
