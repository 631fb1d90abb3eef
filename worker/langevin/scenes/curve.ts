import { geometricSigmas } from "../../../wasm-model/sampling/noise-levels.ts";
import { seedState, uniforms } from "../../../wasm-model/sampling/random.ts";
import { ComparedRuns } from "../compared-runs.ts";
import { choice, drawsOf, type SceneStart } from "../controls.ts";
import { CURVES, Curve } from "../curves.ts";
import type { Draws } from "../particles.ts";
import { type ChartData, distanceChart, distanceRows, SCORE_BY_DENOISER, type Scene, type TableRow } from "../scene.ts";
import { HALF } from "../target.ts";

/** The curve's own width. */
const WIDTH = 0.06;
const SIGMA_MIN = 0.06;
const SIGMA_HIGHEST = 4;
/** A network learns the score where noisy examples lie: within this many standard deviations of the curve. */
const REACH = 5;

const CONTROLS = {
  curve: choice("Curve", CURVES, "spiral"),
  sigma: { kind: "slider", label: "The one noise level, σ", unit: "lengths", min: SIGMA_MIN, max: 2, default: SIGMA_MIN, scale: "ratio" },
  sigmaMax: {
    kind: "slider",
    label: "The highest noise level, σ₁",
    unit: "lengths",
    min: 0.1,
    max: SIGMA_HIGHEST,
    default: 2,
    scale: "ratio",
  },
  levels: { kind: "slider", label: "Noise levels", unit: "", min: 1, max: 30, default: 12, scale: "whole" },
  stepsPerLevel: { kind: "slider", label: "Steps at each level", unit: "", min: 1, max: 100, default: 30, scale: "whole" },
  relativeStep: { kind: "slider", label: "Step size", unit: "σ²", min: 0.02, max: 1, default: 0.3, scale: "ratio" },
} as const;

export const curve: Scene = {
  name: "curve",
  title: "A curve in the plane",
  sentences: [
    "Images fill the space of all pixel grids as thinly as a curve fills the plane. Off the curve there are no data from which to learn a score. This scene cuts the exact score off at five standard deviations from the curve; scene 4 learns one, which is wrong there instead.",
    "Noise spreads the data over the plane: the larger σ, the farther. Wherever noisy points lie, the score of that noise level can be learned.",
    "With one low noise level, most particles begin where there is no arrow and only wander. With levels that fall from high to low, arrows lead every particle to the curve.",
  ],
  equations: [
    {
      math: `<msub><mi>p</mi><mi>σ</mi></msub><mo>=</mo><mi>p</mi><mo>∗</mo><mi>N</mi><mo stretchy="false">(</mo><mn>0</mn><mo>,</mo><msup><mi>σ</mi><mn>2</mn></msup><mo stretchy="false">)</mo>`,
      words: "p sigma is p convolved with Gaussian noise of variance sigma squared",
    },
    SCORE_BY_DENOISER,
  ],
  controls: CONTROLS,
  planes: ["One noise level", "Falling noise levels"],
  charts: [
    distanceChart("steps", ["one level", "falling levels"]),
    {
      title: "Share of the plane with a score",
      x: "noise level σ",
      y: "share",
      logX: true,
      lines: ["this curve", "at the level of the right plane"],
    },
  ],
  start: (values) => new CurveScene(values as SceneStart<typeof CONTROLS>),
};

class CurveScene extends ComparedRuns {
  #known: readonly [number, number][] | undefined;
  readonly #shape: Curve;
  /** Distances of places all over the plane. */
  #distancesToCurve: Float64Array | undefined;

  constructor(values: SceneStart<typeof CONTROLS>) {
    const { curve, ...settings } = values;
    const shape = new Curve(curve, WIDTH);
    const draws = drawsOf(values);
    const levels = { sigmaMin: SIGMA_MIN, hottest: SIGMA_HIGHEST };
    super({ ...settings, ...levels, mixture: (sigma) => shape.components(sigma), reach: REACH, draws, start: everywhere(draws) });
    this.#shape = shape;
  }

  #shareWithScore(sigma: number): number {
    const reach = REACH * Math.hypot(WIDTH, sigma);
    this.#distancesToCurve ??= distancesTo(this.#shape);
    return this.#distancesToCurve.reduce((sum, distance) => sum + (distance < reach ? 1 : 0), 0) / this.#distancesToCurve.length;
  }

  rows(): readonly TableRow[] {
    return [
      { label: "Noise level σ", values: this.runs.map(({ sigma }) => sigma) },
      { label: "Share of the plane with a score", values: this.runs.map(({ sigma }) => this.#shareWithScore(sigma)) },
      ...distanceRows(this.target, this.runs),
    ];
  }

  #knownShares(): readonly [number, number][] {
    const levels = geometricSigmas({ steps: 40, sigmaMin: SIGMA_MIN, sigmaMax: SIGMA_HIGHEST });
    return levels.map((level) => [level, this.#shareWithScore(level)]);
  }

  charts(): readonly ChartData[] {
    this.#known ??= this.#knownShares();
    const [, { sigma }] = this.runs;
    return [
      this.distances(),
      {
        x: [SIGMA_MIN, SIGMA_HIGHEST],
        y: [0, 1],
        lines: [
          this.#known,
          [
            [sigma, 0],
            [sigma, 1],
          ],
        ],
      },
    ];
  }
}

/** Where the particles begin: all over the plane. */
function everywhere({ particles, seed }: Draws): Float32Array {
  const places = new Float64Array(2 * particles);
  uniforms(seedState(`langevin/${seed}/start`), 0, places);
  return Float32Array.from(places, (u) => HALF * (2 * u - 1));
}

function distancesTo(shape: Curve): Float64Array {
  const points = shape.components(0);
  const place = (i: number) => -HALF + ((i + 0.5) * 2 * HALF) / 40;
  return Float64Array.from({ length: 1600 }, (_, i) =>
    Math.sqrt(
      points.reduce((least, { x, y }) => Math.min(least, (x - place(i % 40)) ** 2 + (y - place(Math.floor(i / 40))) ** 2), Infinity),
    ),
  );
}
