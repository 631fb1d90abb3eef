/** Plain and annealed Langevin dynamics from the same start: one goes on at one noise level, one falls through several. */
import { ald } from "../../../wasm-model/sampling/ald.ts";
import { geometricSigmas } from "../../../wasm-model/sampling/noise-levels.ts";
import type { Sampler } from "../../../wasm-model/sampling/sampler.ts";
import { type Chains, plainChains } from "../diagnostics.ts";
import { choice, slider, type ValuesOf } from "../fields.ts";
import { heatOf, levelPlane, scoreField } from "../level-plane.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "../mixture.ts";
import { batchOf, type Draws, ENDLESS, gaussianCloud, ParticleRun } from "../particles.ts";
import { type ChartData, distanceChart, distanceRows, type TableRow, Traces } from "../readings.ts";
import { drawsOf, type Plane, type Scene, type SceneStart, type Simulation } from "../scene.ts";
import { histogram, rightHalf, Target } from "../target.ts";

/** Standard deviation of a mode, and of the bridge. */
const WIDTH = 0.25;
const BRIDGE_WIDTH = 0.12;
/** Gaussians of which the bridge is made. */
const BRIDGE_PARTS = 7;
const SIGMA_MAX = 3;
const SIGMA_MIN = 0.1;

const FIELDS = {
  weight: slider("Weight of the right mode", [5, 95], 25, 1, "%"),
  bridge: slider("Weight of the bridge", [0, 20], 2, 1, "%"),
  gap: slider("Half the distance", [0.5, 2], 1.5, 0.05, "lengths"),
  start: choice("Start", { left: "left mode", right: "right mode", both: "half in each", spread: "spread out" }, "left"),
  levels: slider("Noise levels", [1, 30], 12),
  stepsPerLevel: slider("Steps at each level", [1, 100], 40),
  relativeStep: slider("Step size", [0.02, 1], 0.3, "ratio", "σ²"),
} as const;

export const modes: Scene = {
  name: "modes",
  fields: FIELDS,
  planes: ["Plain Langevin dynamics", "Annealed Langevin dynamics"],
  charts: [
    { title: "Weight of the right half", x: "steps", y: "share", lines: ["plain", "annealed", "target"], exact: true },
    distanceChart("steps", ["plain", "annealed"]),
  ],
  start: (values) => new Modes(values as SceneStart<typeof FIELDS>),
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

function begin({ start, gap }: Pick<ValuesOf<typeof FIELDS>, "start" | "gap">, draws: Draws): Float32Array {
  const x = gaussianCloud(draws, "start");
  const centre = (i: number) => ({ left: -gap, right: gap, both: i % 4 === 0 ? gap : -gap, spread: 0 })[start];
  const width = start === "spread" ? 1.2 : WIDTH;
  for (let i = 0; i < x.length; i += 2) {
    x[i] = centre(i) + width * x[i];
    x[i + 1] *= width;
  }
  return x;
}

class Modes implements Simulation {
  readonly stepsPerFrame = 1;
  readonly target: Target;
  readonly chains: Chains;
  readonly #runs: readonly [endless: ParticleRun, ending: ParticleRun];
  readonly #planes: readonly (() => Plane)[];
  readonly #distances = new Traces(2);
  readonly #shares = new Traces(2);
  #steps = 0;

  constructor(values: SceneStart<typeof FIELDS>) {
    const { levels, stepsPerLevel, relativeStep } = values;
    const components = componentsOf(values);
    const draws = drawsOf(values);
    const batch = batchOf(draws);
    const sigmas = levels === 1 ? [SIGMA_MIN] : geometricSigmas({ steps: levels, sigmaMin: SIGMA_MIN, sigmaMax: SIGMA_MAX });
    const epsilon = relativeStep * SIGMA_MIN * SIGMA_MIN;
    const start = begin(values, draws);
    const denoise = mixtureDenoiser(components);
    const run = (sampler: Sampler) => new ParticleRun(sampler, mixtureDenoiser(components), start);
    this.#runs = [
      run(ald({ ...batch, sigmas: [SIGMA_MIN], stepsPerLevel: ENDLESS, epsilon })),
      run(ald({ ...batch, sigmas, stepsPerLevel, epsilon })),
    ];
    const at = (sigma: number) => ({
      density: mixtureDensity(components, sigma),
      field: scoreField(denoise, sigma),
      heat: heatOf(sigma, SIGMA_MIN, SIGMA_MAX),
    });
    this.#planes = this.#runs.map((one) => levelPlane(one, at));
    this.target = new Target(mixtureDensity(components, SIGMA_MIN), draws.particles);
    this.chains = plainChains(this.target, components, { sigma: SIGMA_MIN, relativeStep, seed: draws.seed });
  }

  get planes(): readonly Plane[] {
    return this.#planes.map((plane) => plane());
  }

  get done(): boolean {
    return this.#runs[1].done;
  }

  step(): void {
    if (this.#steps % 4 === 0) this.#record();
    for (const run of this.#runs) run.step();
    this.#steps++;
    if (this.done) this.#record();
  }

  #record(): void {
    const shares = this.#runs.map(({ x }) => rightHalf(histogram(x)));
    const distances = this.#runs.map(({ x }) => this.target.distanceOf(x));
    this.#shares.add(this.#steps, shares);
    this.#distances.add(this.#steps, distances);
  }

  rows(): readonly TableRow[] {
    const right = rightHalf(this.target.cells);
    return [
      { label: "Noise level σ", values: this.#runs.map(({ sigma }) => sigma) },
      { label: "Weight of the right half", values: this.#runs.map(({ x }) => rightHalf(histogram(x))), isResult: true },
      { label: "Weight in the target distribution", values: this.#runs.map(() => right) },
      ...distanceRows(this.target, this.#runs),
    ];
  }

  charts(): readonly ChartData[] {
    return [
      this.#shares.chart(this.#steps, [0, 1], rightHalf(this.target.cells)),
      this.#distances.chart(this.#steps, [0.01, 1], this.target.exact),
    ];
  }
}
