import { geometricSigmas } from "../../../wasm-model/sampling/noise-levels.ts";
import { type Chains, plainChains } from "../diagnostics.ts";
import { choice, slider, type Values } from "../fields.ts";
import { type Assignment, Learner } from "../learner.ts";
import { heatOf } from "../level-plane.ts";
import { type Component, mixtureDensity } from "../mixture.ts";
import type { Draws } from "../particles.ts";
import { type Point, pointsField, pointsIn } from "../points.ts";
import { RandomNumbers } from "../random-numbers.ts";
import { type ChartData, distanceChart, type TableRow, Traces } from "../readings.ts";
import { drawsOf, PARTICLES, type Plane, type Scene, type SceneStart, type Simulation } from "../scene.ts";
import { HALF, middleOf, Target, typical } from "../target.ts";

const LOW = 0.1;
const HIGH = 3;
/** The paper's mixture: a heavy and a light mode, far apart (Song & Ermon 2019, section 3.2). */
const HEAVY = 0.8;
const MODES: readonly Component[] = [
  { weight: HEAVY, x: 1.6, y: 1.6, std: 0.3 },
  { weight: 1 - HEAVY, x: -1.6, y: -1.6, std: 0.3 },
];
/** Width of a curve, and of a drawn point. */
const CURVE_WIDTH = 0.04;
const POINT_WIDTH = 0.25;
/** Levels of the right plane, steps at each, and their size over sigma^2; the left one takes as many steps. */
const LEVELS = 16;
const STEPS_PER_LEVEL = 10;
const STEP = 0.5;
/** Steps for which the result stays in view. */
const PAUSE = 60;
/** Parts in which a network denoises its particles, which is most of the work: one part in a step of the scene. */
const PARTS = 3;
/** Training steps between two measurements of the error. */
const MEASURED = 16;

/** Two crescents. */
const CRESCENTS =
  "0.78,-0.16;0.61,0.3;0.3,0.67;-0.12,0.92;-0.6,1;-1.08,0.92;-1.5,0.67;-1.81,0.3;-1.98,-0.16;-0.78,0.16;-0.61,-0.3;-0.3,-0.67;0.12,-0.92;0.6,-1;1.08,-0.92;1.5,-0.67;1.81,-0.3;1.98,0.16";

const FIELDS = {
  data: choice("Data", { modes: "two modes", curve: "a curve", points: "my points" }, "modes"),
  score: choice("Moved by the score", { learned: "learned", exact: "exact" }, "learned"),
  start: choice("Start", { empty: "empty corners", plane: "everywhere" }, "empty"),
  shade: choice("Shading", { error: "error", density: "density" }, "error"),
  learningRate: slider("Learning rate", [0.0005, 0.05], 0.005, "ratio"),
  particles: choice("Particles", PARTICLES, "2000"),
  points: pointsField("Points to learn from, drawn or written", CRESCENTS, { most: 200, spacing: 0.25, also: { data: "points" } }),
} as const;

type MatchingValues = SceneStart<typeof FIELDS>;

export const matching: Scene = {
  name: "matching",
  fields: FIELDS,
  planes: ["One low noise level", "Falling noise levels"],
  charts: [
    {
      title: "Error of the learned score",
      x: "training steps",
      y: "mean error, times σ",
      logY: true,
      lines: [`σ = ${LOW}, where data are`, `σ = ${LOW}, where none are`, `σ = ${HIGH}, all over the plane`],
    },
    {
      title: "Share nearer to the upper right mode",
      ...{ x: "training steps", y: "share", exact: true },
      lines: ["one level", "falling levels", "target"],
    },
    distanceChart("training steps", ["one level", "falling levels"]),
  ],
  start: (values) => new Matching(values as MatchingValues),
};

/** The sign of infinity, of Gaussians. */
const INFINITY: readonly Component[] = Array.from({ length: 240 }, (_, i) => {
  const turn = (2 * Math.PI * i) / 240;
  const scale = 2.3 / (1 + Math.sin(turn) ** 2);
  return { weight: 1 / 240, x: scale * Math.cos(turn), y: 1.25 * scale * Math.sin(turn) * Math.cos(turn), std: CURVE_WIDTH };
});

/** The share of the particles that are nearer to the heavy mode than to the light one. */
export function shareOfHeavy(particles: Float32Array): number {
  let nearer = 0;
  for (let i = 0; i < particles.length; i += 2) if (isNearer(particles[i], particles[i + 1]) > 0) nearer++;
  return nearer / (particles.length / 2);
}

/** Positive if a place is nearer to the heavy mode, 0 if it is as near to the light one. */
const isNearer = (x: number, y: number): number =>
  (x - MODES[1].x) ** 2 + (y - MODES[1].y) ** 2 - (x - MODES[0].x) ** 2 - (y - MODES[0].y) ** 2;

/** The same share of a distribution. */
const exactShare = ({ cells, outside }: Target): number =>
  cells.subarray(0, -1).reduce((sum, share, cell) => {
    const side = isNearer(...middleOf(cell));
    return sum + (Math.abs(side) < 1e-9 ? share / 2 : side > 0 ? share : 0);
  }, 0) /
  (1 - outside);

/** The data as a mixture. Without any drawn point, the middle of the plane stands for one. */
function componentsOf({ data, points }: MatchingValues): readonly Component[] {
  if (data === "modes") return MODES;
  if (data === "curve") return INFINITY;
  const all: readonly Point[] = points === "" ? [[0, 0]] : pointsIn(points);
  return all.map(([x, y]) => ({ weight: 1 / all.length, x, y, std: POINT_WIDTH }));
}

class Matching implements Simulation {
  readonly done = false;
  readonly stepsPerFrame = 1;
  target!: Target;
  chains!: Chains;
  #values: MatchingValues;
  #components: readonly Component[] = [];
  readonly #learners: readonly Learner[];
  readonly #errors = new Traces(3);
  readonly #shares = new Traces(2);
  readonly #distances = new Traces(2);
  /** Steps since the last run ended. */
  #paused = 0;

  constructor(values: MatchingValues) {
    this.#values = values;
    this.#aim();
    const common = { relativeStep: STEP, heat: (sigma: number) => heatOf(sigma, LOW, HIGH) };
    const falling = geometricSigmas({ steps: LEVELS, sigmaMin: LOW, sigmaMax: HIGH });
    this.#learners = [
      { ...common, sigmas: [LOW], stepsPerLevel: LEVELS * STEPS_PER_LEVEL },
      { ...common, sigmas: falling, stepsPerLevel: STEPS_PER_LEVEL },
    ].map((schedule) => new Learner(schedule, this.#assignment()));
  }

  get planes(): readonly Plane[] {
    return this.#learners.map(({ plane }) => plane());
  }

  /** The networks go on with their weights, and the particles begin anew. */
  change(values: Values): void {
    const before = this.#values;
    this.#values = values as MatchingValues;
    if ((["data", "points", "particles"] as const).some((name) => before[name] !== this.#values[name])) this.#aim();
    for (const learner of this.#learners) learner.assign(this.#assignment());
    this.#paused = 0;
  }

  #aim(): void {
    const components = componentsOf(this.#values);
    const { particles, seed } = drawsOf(this.#values);
    this.#components = components;
    this.target = new Target(mixtureDensity(components, LOW), particles);
    this.chains = plainChains(this.target, components, { sigma: LOW, relativeStep: STEP, seed });
  }

  #assignment(): Assignment {
    const { data, score, shade, points } = this.#values;
    const draws = drawsOf(this.#values);
    const marks = data === "points" ? pointsIn(points) : [];
    return { components: this.#components, score, shows: shade, draws, start: this.#start(draws), marks };
  }

  /** Half of the particles in each of the corners without data, or all over the plane. */
  #start(draws: Draws): Float32Array {
    const random = new RandomNumbers(`langevin/${draws.seed}/start`);
    const place = () => HALF * (2 * random.uniform() - 1);
    const start = new Float32Array(2 * draws.particles);
    for (let i = 0; i < start.length; i += 2) {
      const side = i % 4 === 0 ? 1 : -1;
      const isEmpty = this.#values.start === "empty";
      start[i] = isEmpty ? side * 2 + 0.25 * random.gaussian() : place();
      start[i + 1] = isEmpty ? side * -2 + 0.25 * random.gaussian() : place();
    }
    return start;
  }

  /** Both networks train and denoise a part of their particles, so that no frame is long. */
  step(): void {
    const isDone = () => this.#learners.every(({ run }) => run.done);
    for (const learner of this.#learners) learner.train(this.#values.learningRate);
    if (this.#trained % MEASURED === 0) this.#measure();
    if (isDone()) {
      if (++this.#paused <= PAUSE) return;
      this.#paused = 0;
      for (const learner of this.#learners) learner.restart();
    } else {
      for (const { run } of this.#learners) run.stepInParts(PARTS);
      if (isDone()) this.#record();
    }
  }

  get #trained(): number {
    return this.#learners[0].steps;
  }

  #measure(): void {
    const [one, falling] = this.#learners;
    const { near, far } = one.error(LOW).byData(mixtureDensity(this.#components, LOW));
    this.#errors.add(this.#trained, [near, far, falling.error(HIGH).everywhere]);
  }

  #record(): void {
    const shares = this.#learners.map(({ run }) => shareOfHeavy(run.x));
    const distances = this.#learners.map(({ run }) => this.target.distanceOf(run.x));
    this.#shares.add(this.#trained, shares);
    this.#distances.add(this.#trained, distances);
  }

  rows(): readonly TableRow[] {
    const density = mixtureDensity(this.#components, LOW);
    const errors = this.#learners.map((learner) => learner.error(learner.run.sigma).byData(density));
    return [
      { label: "Training steps", values: this.#learners.map(({ steps }) => steps) },
      { label: "Noise level σ", values: this.#learners.map(({ run }) => (run.done ? "none" : run.sigma)) },
      { label: "Error at this level, where data are", values: errors.map(({ near }) => near) },
      { label: "Error at this level, where none are", values: errors.map(({ far }) => far) },
      { label: "Share nearer to the upper right mode, last run", values: this.#shares.last, isResult: true },
      { label: "Share in the target distribution", values: errors.map(() => exactShare(this.target)) },
      { label: "Distance to the target distribution, last run", values: this.#distances.last, isResult: true },
      { label: typical(this.target.particles), values: errors.map(() => this.target.exact) },
    ];
  }

  charts(): readonly ChartData[] {
    return [
      this.#errors.chart(this.#trained, [0.01, 3]),
      this.#shares.chart(this.#trained, [0, 1], exactShare(this.target)),
      this.#distances.chart(this.#trained, [0.03, 1], this.target.exact),
    ];
  }
}
