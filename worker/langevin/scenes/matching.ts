import { ald } from "../../../wasm-model/sampling/ald.ts";
import { langevin } from "../../../wasm-model/sampling/langevin.ts";
import { geometricSigmas, karrasSigmas } from "../../../wasm-model/sampling/noise-levels.ts";
import { choice, type DrawnPoints, type Point, type SceneValues, type ValuesOf } from "../controls.ts";
import { heatOf, LevelPlane, scoreField } from "../level-plane.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "../mixture.ts";
import { batchOf, PARTICLES, type ParticleDenoiser, ParticleRun } from "../particles.ts";
import { type ChartData, level, type Plane, type Scene, type Simulation, type TableRow, Trace } from "../scene.ts";
import { ScoreMatching } from "../score-matching.ts";
import { BEST, HALF, Target } from "../target.ts";

/** The width of a drawn point. */
const WIDTH = 0.25;
const LEVELS = { sigmaMin: 0.08, sigmaMax: 3 };
/** Steps from noise to points. */
const STEPS = 24;
const CHURN = 0.2;
const SIGMAS = karrasSigmas({ steps: STEPS, ...LEVELS, rho: 5 });
/** Levels at which the loss is measured. */
const MEASURED = geometricSigmas({ steps: 5, ...LEVELS });
/** Steps of plain Langevin dynamics where there is only one level, and their size over sigma^2. */
const PLAIN_STEPS = 60;
const PLAIN_STEP = 0.5;
/** Steps for which the result stays in view. */
const PAUSE = 30;
/** Training steps in one step of the scene. */
const TRAINED = 2;
/**
 * Steps of the scene in one step of the samplers: each denoises a part of the network's particles, which is most of the
 * work.
 */
const PARTS = 4;

/** Where exact and learned arrows are compared. */
const PLACES = Float32Array.from({ length: 2 * 15 * 15 }, (_, i) => {
  const place = i >> 1;
  return ((i % 2 === 0 ? place % 15 : Math.floor(place / 15)) / 7 - 1) * HALF;
});

const DRAWN: DrawnPoints = {
  kind: "drawing",
  label: "Points to learn from",
  one: "point",
  most: 48,
  spacing: 0.25,
  default: crescents(),
};

const CONTROLS = {
  levels: choice(
    "Noise levels",
    { all: `all, σ from ${LEVELS.sigmaMin} to ${LEVELS.sigmaMax}`, lowest: `only σ = ${LEVELS.sigmaMin}` },
    "all",
  ),
  learningRate: { kind: "slider", label: "Learning rate", unit: "", min: 0.0005, max: 0.05, default: 0.005, scale: "ratio" },
  points: DRAWN,
} as const;

type MatchingValues = ValuesOf<typeof CONTROLS>;

export const matching: Scene = {
  name: "matching",
  title: "Score matching, live",
  sentences: [
    "A network of 2690 weights learns the score of the points that you draw: it sees noisy points and learns to guess the clean ones, and the score follows from the guess.",
    "It never sees the exact arrows on the left, yet its own on the right turn towards them. Every few seconds both move 5000 particles from the same noise.",
    `With one low noise level, even the exact score leaves the particles far from the target distribution: ${PLAIN_STEPS} small steps cannot spread them over the points. The learned score soon does hardly worse; what is missing is the higher noise levels, not a better network.`,
  ],
  equations: [
    {
      math: `<munder><mi>min</mi><mi>D</mi></munder><mspace width="0.3em"/><mi>E</mi><msup><mrow><mo stretchy="false">‖</mo><mi>D</mi><mo stretchy="false">(</mo><mi>y</mi><mo>+</mo><mi>σ</mi><mi>z</mi><mo>,</mo><mi>σ</mi><mo stretchy="false">)</mo><mo>−</mo><mi>y</mi><mo stretchy="false">‖</mo></mrow><mn>2</mn></msup>`,
      words: "minimize over D the mean square of D of y plus sigma z and sigma, minus y",
    },
    {
      math: `<mo>∇</mo><mspace width="0.15em"/><mi>log</mi><mspace width="0.15em"/><msub><mi>p</mi><mi>σ</mi></msub><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>=</mo><mfrac><mrow><mi>D</mi><mo stretchy="false">(</mo><mi>x</mi><mo>,</mo><mi>σ</mi><mo stretchy="false">)</mo><mo>−</mo><mi>x</mi></mrow><msup><mi>σ</mi><mn>2</mn></msup></mfrac>`,
      words: "the gradient of log p sigma at x equals D of x and sigma, minus x, over sigma squared",
    },
  ],
  controls: CONTROLS,
  planes: ["Exact score", "Learned score"],
  charts: [
    { title: "Loss above that of the exact denoiser", x: "training steps", y: "square error", logY: true, lines: ["network"] },
    {
      title: "Distance of the particles to the target distribution",
      x: "training steps",
      y: "total variation",
      logY: true,
      lines: ["exact score", "learned score", "best possible"],
    },
  ],
  start: (values) => new Matching(values as MatchingValues),
};

/** Two crescents. */
function crescents(): Point[] {
  const half = 9;
  return Array.from({ length: 2 * half }, (_, i) => {
    const side = i < half ? 1 : -1;
    const turn = (Math.PI * ((i % half) + 0.5)) / half;
    const at = (v: number) => Math.round(100 * v) / 100;
    return [at(side * (1.4 * Math.cos(turn) - 0.6)), at(side * (1.4 * Math.sin(turn) - 0.4))] as const;
  });
}

class Matching implements Simulation {
  readonly done = false;
  readonly stepsPerFrame = 1;
  #values: MatchingValues;
  #training = new ScoreMatching();
  #components: readonly Component[] = [];
  target!: Target;
  #runs: readonly [exact: ParticleRun, learned: ParticleRun];
  #planes: readonly Plane[] = [];
  #losses = new Trace();
  #distances = [new Trace(), new Trace()] as const;
  #results: readonly (number | string)[] = ["none yet", "none yet"];
  /** Steps since the last run ended. */
  #paused = 0;
  /** The part of the network's particles that is next: 0 to PARTS - 1. */
  #part = 0;

  constructor(values: MatchingValues) {
    this.#values = values;
    this.#learn(values.points);
    this.#runs = this.#draw();
  }

  get planes(): readonly Plane[] {
    return this.#planes;
  }

  /** For other points the network trains on; for other noise levels it starts again. */
  change(values: SceneValues): void {
    const before = this.#values;
    this.#values = values as MatchingValues;
    if (this.#values.levels !== before.levels) {
      this.#training = new ScoreMatching();
      this.#losses = new Trace();
      this.#distances = [new Trace(), new Trace()];
    }
    if (this.#values.points !== before.points) this.#learn(this.#values.points);
    this.#runs = this.#draw();
  }

  /** Without any point, the middle of the plane stands for one. */
  #learn(points: readonly Point[]): void {
    const all: readonly Point[] = points.length > 0 ? points : [[0, 0]];
    this.#components = all.map(([x, y]) => ({ weight: 1 / all.length, x, y, std: WIDTH }));
    this.target = new Target(mixtureDensity(this.#components, 0));
  }

  /** Both samplers from the same noise. */
  #draw(): [ParticleRun, ParticleRun] {
    const components = this.#components;
    const training = this.#training;
    const exact = mixtureDenoiser(() => components);
    const learned: ParticleDenoiser = (x, sigma, out) => training.denoise(x, sigma, out, components);
    const runs = [exact, learned].map((denoise) => new ParticleRun(this.#sampler(), denoise, this.#begin())) as [ParticleRun, ParticleRun];
    this.#planes = runs.map((run, i) => {
      const at = (sigma: number) => ({
        density: mixtureDensity(components, sigma),
        field: scoreField(i === 0 ? exact : learned, sigma),
        heat: heatOf(sigma, LEVELS.sigmaMin, LEVELS.sigmaMax),
      });
      return new LevelPlane(run, at, this.#values.points);
    });
    this.#paused = 0;
    return runs;
  }

  /** With one level, plain Langevin dynamics from all over the plane; with all, `langevin` from noise. */
  #sampler() {
    const { sigmaMin } = LEVELS;
    if (this.#values.levels === "lowest") {
      return ald({ ...batchOf(), sigmas: [sigmaMin], stepsPerLevel: PLAIN_STEPS, epsilon: PLAIN_STEP * sigmaMin * sigmaMin });
    }
    const churn = Array<number>(STEPS - 1).fill(CHURN);
    return langevin({ ...batchOf(), sigmas: SIGMAS, churn, extrapolation: churn.map(() => 1) });
  }

  #begin(): Float32Array {
    const start = new Float32Array(2 * PARTICLES);
    batchOf().noise(0, 0, start);
    const sigma = this.#values.levels === "lowest" ? HALF / 2 : LEVELS.sigmaMax;
    return start.map((z) => sigma * z);
  }

  /**
   * The network trains and denoises a part of its particles, so that no frame is long. The exact score moves all of its
   * particles in the first part's turn.
   */
  step(): void {
    this.#train();
    const [exact, learned] = this.#runs;
    if (this.#part === 0) exact.step();
    this.#part = (this.#part + 1) % PARTS;
    if (!learned.done) {
      learned.stepInParts(PARTS);
      if (learned.done) this.#record();
    } else if (++this.#paused > PAUSE) this.#runs = this.#draw();
  }

  #train(): void {
    const { levels, learningRate } = this.#values;
    const range = levels === "all" ? LEVELS : { ...LEVELS, sigmaMax: LEVELS.sigmaMin };
    for (let i = 0; i < TRAINED; i++) this.#training.train(this.#components, range, learningRate);
    if (this.#training.steps % (8 * TRAINED) === 0) {
      this.#losses.add(this.#training.steps, this.#training.excess(this.#components, levels === "all" ? MEASURED : [LEVELS.sigmaMin]));
    }
  }

  #record(): void {
    this.#results = this.#runs.map(({ x }, i) => {
      const distance = this.target.distanceOf(x);
      this.#distances[i]!.add(this.#training.steps, distance);
      return distance;
    });
  }

  rows(): readonly TableRow[] {
    return [
      { label: "Training steps", values: [0, this.#training.steps] },
      { label: "Noise level σ", values: this.#runs.map(({ sigma, done }) => (done ? "none" : sigma)) },
      { label: "Agreement of the arrows", values: [1, this.#agreement()] },
      { label: "Distance to the target distribution, last run", values: this.#results, isResult: true },
      { label: BEST, values: [this.target.exact, this.target.exact] },
    ];
  }

  /** Mean cosine between learned and exact arrows all over the plane, each at its plane's noise level. */
  #agreement(): number {
    const [exact, learned] = this.#planes.map(({ field }) => {
      const arrows = new Float32Array(PLACES.length);
      field?.(PLACES, arrows);
      return arrows;
    }) as [Float32Array, Float32Array];
    let sum = 0;
    for (let i = 0; i < PLACES.length; i += 2) {
      const [ax, ay, bx, by] = [exact[i]!, exact[i + 1]!, learned[i]!, learned[i + 1]!];
      sum += (ax * bx + ay * by) / (Math.hypot(ax, ay) * Math.hypot(bx, by) || 1);
    }
    return sum / (PLACES.length / 2);
  }

  charts(): readonly ChartData[] {
    const x = [0, Math.max(1, this.#training.steps)] as const;
    return [
      { x, y: [0.001, 1], lines: [this.#losses.points] },
      { x, y: [0.03, 1], lines: [...this.#distances.map(({ points }) => points), level(x, this.target.exact)] },
    ];
  }
}
