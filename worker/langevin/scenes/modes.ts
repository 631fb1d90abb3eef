/** Plain and annealed Langevin dynamics from the same start: one goes on at one noise level, one falls through several. */
import { ald, geometricSigmas } from "../../../wasm-model/sampling/samplers.ts";
import { choice, slider, type ValuesOf } from "../fields.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "../mixture.ts";
import { batchOf, type Draws, ENDLESS, gaussianCloud, ParticleRun } from "../particles.ts";
import { axisSince, distanceTo, readingsOf, rightHalfOf } from "../readings.ts";
import { drawsOf, levelPlane, type Scene, type SceneStart, type Simulation, scoreField } from "../scene.ts";
import { targetOf } from "../target.ts";

/** Standard deviation of a mode, and of the bridge. */
const [WIDTH, BRIDGE_WIDTH] = [0.25, 0.12];
/** Gaussians of which the bridge is made. */
const BRIDGE_PARTS = 7;
const SIGMA_MIN = 0.1;

const FIELDS = {
  weight: slider("Weight of the right mode", [5, 95], 25, 1, "%"),
  bridge: slider("Weight of the bridge", [0, 20], 2, 1, "%"),
  gap: slider("Half the distance", [0.5, 2], 1.5, 0.05, "lengths"),
  start: choice("Start", { left: "left mode", right: "right mode", both: "half in each", spread: "spread out" }, "left"),
  sigmaMax: slider("Highest noise level σ₁", [0.2, 6], 3, 0.2),
  levels: slider("Noise levels", [1, 30], 12),
  stepsPerLevel: slider("Steps at each level", [1, 100], 40),
  relativeStep: slider("Step size", [0.02, 1], 0.3, 0.02, "σ²"),
} as const;

type ModesStart = SceneStart<typeof FIELDS>;

export const modes: Scene = {
  name: "modes",
  fields: FIELDS,
  planes: ["Plain Langevin dynamics", "Annealed Langevin dynamics"],
  start: begin,
};

/** Both modes lie on the x-axis. */
export function componentsOf({ weight, bridge, gap }: Pick<ValuesOf<typeof FIELDS>, "weight" | "bridge" | "gap">): Component[] {
  const thin = bridge / 100;
  const right = (1 - thin) * (weight / 100);
  const part = (i: number) => ({ weight: thin / BRIDGE_PARTS, x: gap * ((2 * (i + 1)) / (BRIDGE_PARTS + 1) - 1), y: 0, std: BRIDGE_WIDTH });
  return [
    { weight: 1 - thin - right, x: -gap, y: 0, std: WIDTH },
    { weight: right, x: gap, y: 0, std: WIDTH },
    ...Array.from({ length: BRIDGE_PARTS }, (_, i) => part(i)),
  ];
}

function startOf({ start, gap }: ModesStart, draws: Draws): Float32Array {
  const x = gaussianCloud(draws, "start");
  const centre = (i: number) => ({ left: -gap, right: gap, both: i % 4 === 0 ? gap : -gap, spread: 0 })[start];
  const width = start === "spread" ? 1.2 : WIDTH;
  for (let i = 0; i < x.length; i += 2) {
    x[i] = centre(i) + width * x[i];
    x[i + 1] *= width;
  }
  return x;
}

/**
 * The variance of particles around a point after a level, over sigma^2, if it was that of the level before (Song & Ermon 2020, appendix B.4):
 * (1 - h)^2T (ratio^2 - v) + v with v = 2 h / (1 - (1 - h)^2), where h is half of our step over sigma^2 and T their number.
 */
export function varianceAfterLevel({ relativeStep, stepsPerLevel, levels, sigmaMax }: ModesStart): number {
  const ratio = levels === 1 ? 1 : (sigmaMax / SIGMA_MIN) ** (1 / (levels - 1));
  const kept = (1 - relativeStep / 2) ** 2;
  const settled = relativeStep / (1 - kept);
  return kept ** stepsPerLevel * (ratio ** 2 - settled) + settled;
}

function* begin(values: ModesStart): Generator<void, Simulation> {
  const { levels, stepsPerLevel, relativeStep, sigmaMax } = values;
  const components = componentsOf(values);
  const draws = drawsOf(values);
  const start = startOf(values, draws);
  yield;
  const epsilon = relativeStep * SIGMA_MIN * SIGMA_MIN;
  const falling = levels === 1 ? [SIGMA_MIN] : geometricSigmas({ steps: levels, sigmaMin: SIGMA_MIN, sigmaMax });
  const denoise = mixtureDenoiser(components);
  const run = (sigmas: readonly number[], stepsPerLevel: number) =>
    new ParticleRun(ald({ ...batchOf(draws), sigmas, stepsPerLevel, epsilon }), denoise, start);
  const plain = run([SIGMA_MIN], ENDLESS);
  yield;
  const annealed = run(falling, stepsPerLevel);
  const at = (sigma: number) => ({ density: mixtureDensity(components, sigma), field: scoreField(denoise, sigma) });
  const target = targetOf(mixtureDensity(components, SIGMA_MIN), draws.particles);
  const readings = readingsOf(["plain", "annealed"], rightHalfOf(target), distanceTo(target));
  const clouds = () => [plain.x, annealed.x];
  let steps = 0;
  return {
    target,
    planes: [levelPlane(() => plain, at), levelPlane(() => annealed, at)],
    stepsPerFrame: () => 1,
    done: () => annealed.done,
    *step() {
      if (steps % 4 === 0) readings.record(steps, clouds());
      plain.step();
      yield;
      annealed.step();
      steps++;
      if (annealed.done) readings.record(steps, clouds());
    },
    rows: () => [
      { label: "Noise level σ", values: [plain.sigma, annealed.sigma] },
      { label: "Variance after a level, in σ²", values: ["", varianceAfterLevel(values)] },
      ...readings.rows(clouds()),
    ],
    charts: () => readings.charts(axisSince("steps", steps)),
  };
}
