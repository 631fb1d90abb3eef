import { ComparedRuns } from "../compared-runs.ts";
import { choice, drawsOf, type SceneStart, type ValuesOf } from "../controls.ts";
import type { Component } from "../mixture.ts";
import { type Draws, gaussianCloud } from "../particles.ts";
import { type ChartData, distanceChart, distanceRows, level, type Scene, type TableRow, Trace } from "../scene.ts";
import { histogram, rightHalf } from "../target.ts";

/** Standard deviation of a mode, and of the bridge. */
const WIDTH = 0.25;
const BRIDGE_WIDTH = 0.12;
/** Gaussians of which the bridge is made. */
const BRIDGE_PARTS = 7;
const SIGMA_MAX = 3;
const SIGMA_MIN = 0.1;

const CONTROLS = {
  weight: { kind: "slider", label: "Weight of the right mode", unit: "%", min: 5, max: 95, default: 25, scale: "whole" },
  bridge: { kind: "slider", label: "Weight of the bridge", unit: "%", min: 0, max: 20, default: 2, scale: "whole" },
  gap: { kind: "slider", label: "Half the distance", unit: "lengths", min: 0.5, max: 2, default: 1.5 },
  start: choice("Start", { left: "left mode", right: "right mode", both: "half in each", spread: "spread out" }, "left"),
  levels: { kind: "slider", label: "Noise levels", unit: "", min: 1, max: 30, default: 12, scale: "whole" },
  stepsPerLevel: { kind: "slider", label: "Steps at each level", unit: "", min: 1, max: 100, default: 40, scale: "whole" },
  relativeStep: { kind: "slider", label: "Step size", unit: "σ²", min: 0.02, max: 1, default: 0.3, scale: "ratio" },
} as const;

export const modes: Scene = {
  name: "modes",
  title: "Two modes and a thin bridge",
  sentences: [
    "Near a mode, the score points to the mode but does not tell its weight: the weight is a constant factor of the density there, and the gradient of a logarithm drops constant factors.",
    "With plain Langevin dynamics, particles get the weights right only by crossing the bridge. That takes ages, so the weights stay near those of the start.",
    "Annealed Langevin dynamics begins with strong noise, where the two modes are one, and lowers it slowly. The weights settle while crossing is still easy.",
  ],
  equations: [
    {
      math: `<mi>x</mi><mo>←</mo><mi>x</mi><mo>+</mo><mfrac><msub><mi>a</mi><mi>i</mi></msub><mn>2</mn></mfrac><mspace width="0.1em"/><mo>∇</mo><mspace width="0.15em"/><mi>log</mi><mspace width="0.15em"/><msub><mi>p</mi><msub><mi>σ</mi><mi>i</mi></msub></msub><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>+</mo><msqrt><msub><mi>a</mi><mi>i</mi></msub></msqrt><mspace width="0.2em"/><mi>z</mi>`,
      words: "x becomes x plus half of a i times the gradient of log p sigma i at x, plus the root of a i times z",
    },
    {
      math: `<msub><mi>a</mi><mi>i</mi></msub><mo>∝</mo><msubsup><mi>σ</mi><mi>i</mi><mn>2</mn></msubsup>`,
      words: "the step size a i is proportional to sigma i squared",
    },
  ],
  controls: CONTROLS,
  planes: ["Plain Langevin dynamics", "Annealed Langevin dynamics"],
  charts: [
    { title: "Weight of the right half", x: "steps", y: "share", lines: ["plain", "annealed", "target"] },
    distanceChart("steps", ["plain", "annealed"]),
  ],
  start: (values) => new Modes(values as SceneStart<typeof CONTROLS>),
};

/** Both modes lie on the x-axis. */
export function componentsOf({ weight, bridge, gap }: Pick<ValuesOf<typeof CONTROLS>, "weight" | "bridge" | "gap">): Component[] {
  const thin = bridge / 100;
  const right = (1 - thin) * (weight / 100);
  const part = (i: number) => ({ weight: thin / BRIDGE_PARTS, x: gap * ((2 * (i + 1)) / (BRIDGE_PARTS + 1) - 1), y: 0, std: BRIDGE_WIDTH });
  return [
    { weight: 1 - thin - right, x: -gap, y: 0, std: WIDTH },
    { weight: right, x: gap, y: 0, std: WIDTH },
    ...Array.from({ length: BRIDGE_PARTS }, (_, i) => part(i)),
  ];
}

function begin({ start, gap }: Pick<ValuesOf<typeof CONTROLS>, "start" | "gap">, draws: Draws): Float32Array {
  const x = gaussianCloud(draws, "start");
  const centre = (i: number) => ({ left: -gap, right: gap, both: i % 4 === 0 ? gap : -gap, spread: 0 })[start];
  const width = start === "spread" ? 1.2 : WIDTH;
  for (let i = 0; i < x.length; i += 2) {
    x[i] = centre(i) + width * x[i];
    x[i + 1] *= width;
  }
  return x;
}

class Modes extends ComparedRuns {
  readonly #shares = [new Trace(), new Trace()] as const;

  constructor(values: SceneStart<typeof CONTROLS>) {
    const components = componentsOf(values);
    const draws = drawsOf(values);
    const levels = { sigma: SIGMA_MIN, sigmaMin: SIGMA_MIN, sigmaMax: SIGMA_MAX, hottest: SIGMA_MAX };
    super({ ...values, ...levels, mixture: () => components, draws, start: begin(values, draws) });
  }

  protected override record(): void {
    super.record();
    for (const [i, { x }] of this.runs.entries()) this.#shares[i].add(this.steps, rightHalf(histogram(x)));
  }

  /** The weight of the right half of the plane. */
  get #right(): number {
    return rightHalf(this.target.cells);
  }

  rows(): readonly TableRow[] {
    return [
      { label: "Noise level σ", values: this.runs.map(({ sigma }) => sigma) },
      { label: "Weight of the right half", values: this.runs.map(({ x }) => rightHalf(histogram(x))), isResult: true },
      { label: "Weight in the target distribution", values: this.runs.map(() => this.#right) },
      ...distanceRows(this.target, this.runs),
    ];
  }

  charts(): readonly ChartData[] {
    const distances = this.distances(); // records the start
    const x = this.stepAxis;
    return [{ x, y: [0, 1], lines: [...this.#shares.map(({ points }) => points), level(x, this.#right)] }, distances];
  }
}
