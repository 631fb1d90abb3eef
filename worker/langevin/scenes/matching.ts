/** Two networks learn the score of data, one at a low noise level and one at falling levels, and move particles by it. */
import { ald, geometricSigmas } from "../../../wasm-model/sampling/samplers.ts";
import { choice, slider } from "../fields.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "../mixture.ts";
import { batchOf, type Draws, ParticleRun, randomNumbers } from "../particles.ts";
import { axisSince, distanceTo, readingsOf, rightHalfOf, type TableRow, tracesOf } from "../readings.ts";
import { drawsOf, levelPlane, PARTICLES, type Plane, type Scene, type SceneStart, type Simulation, scoreField } from "../scene.ts";
import { scoreError, scoreMatching } from "../score-matching.ts";
import { HALF, targetOf } from "../target.ts";
import { pointsField, pointsIn } from "../wells.ts";

const [LOW, HIGH] = [0.1, 3];
/** The paper's mixture: a heavy and a light mode, far apart (Song & Ermon 2019, section 3.2). */
const MODES: readonly Component[] = [
  { weight: 0.8, x: 1.6, y: 1.6, std: 0.3 },
  { weight: 0.2, x: -1.6, y: -1.6, std: 0.3 },
];
const CURVE_WIDTH = 0.04;
/** Levels of the right plane, and Langevin steps through all levels of a plane. */
const [LEVELS, STEPS] = [16, 160];
/** Langevin steps over sigma^2. */
const STEP_SIZE = 0.5;
const LEARNING_RATE = 0.005;
/** Training steps after which the map of the error is drawn anew. */
const REDRAWN = 64;
/** Steps for which the result stays in view. */
const PAUSE = 60;
/** Training steps for each step of the particles. */
const TRAINED = 3;
/** Training steps between two measurements of the error. */
const MEASURED = 16;

const FIELDS = {
  data: choice("Data", { modes: "two modes", curve: "a curve" }, "modes"),
  points: pointsField("Own points, drawn or pasted", "", { most: 200, spacing: 0.1 }),
  shown: { ...slider("Shown at σ", [0, HIGH], 0, 0.1), note: "0: the particles’ own." },
  score: choice("Moved by the score", { learned: "learned", exact: "exact" }, "learned"),
  start: choice("Start", { empty: "empty corners", plane: "everywhere" }, "empty"),
  particles: choice("Particles", PARTICLES, "1000"),
} as const;

type MatchingStart = SceneStart<typeof FIELDS>;

export const matching: Scene = {
  name: "matching",
  fields: FIELDS,
  planes: ["One low noise level", "Falling noise levels"],
  start: begin,
};

/** The sign of infinity, of Gaussians. */
const INFINITY: readonly Component[] = Array.from({ length: 240 }, (_, i) => {
  const angle = (2 * Math.PI * i) / 240;
  const scale = 2.3 / (1 + Math.sin(angle) ** 2);
  return { weight: 1 / 240, x: scale * Math.cos(angle), y: 1.25 * scale * Math.sin(angle) * Math.cos(angle), std: CURVE_WIDTH };
});

/** Own points take the place of the other data. */
function componentsOf({ data, points }: MatchingStart): readonly Component[] {
  const own = pointsIn(points);
  if (own.length > 0) return own.map(([x, y]) => ({ weight: 1 / own.length, x, y, std: CURVE_WIDTH }));
  return data === "modes" ? MODES : INFINITY;
}

/** Half of the particles in each of the corners without data, or all over the plane. */
function startOf({ start }: MatchingStart, { particles, seed }: Draws): Float32Array {
  const random = randomNumbers(`langevin/${seed}/start`);
  const place = () => HALF * (2 * random.uniform() - 1);
  const places = new Float32Array(2 * particles);
  for (let i = 0; i < places.length; i += 2) {
    const side = i % 4 === 0 ? 1 : -1;
    const isEmpty = start === "empty";
    places[i] = isEmpty ? side * 2 + 0.25 * random.gaussian() : place();
    places[i + 1] = isEmpty ? side * -2 + 0.25 * random.gaussian() : place();
  }
  return places;
}

/** A network that learns the score at these noise levels, and the particles that it moves through them, again and again. */
function learnerOf(
  values: MatchingStart,
  components: readonly Component[],
  start: Float32Array,
  sigmas: readonly number[],
  shown: () => number,
) {
  const draws = drawsOf(values);
  const levels = { sigmaMin: sigmas.at(-1)!, sigmaMax: sigmas[0] };
  const training = scoreMatching(components, levels, LEARNING_RATE, `langevin/${draws.seed}/score-matching`);
  const exact = mixtureDenoiser(components);
  const isLearned = values.score === "learned";
  const denoise = isLearned ? training.denoise : exact;
  const marks = pointsIn(values.points);
  const error = (sigma: number) => scoreError(training.denoise, exact, sigma);
  const at = (sigma: number): Omit<Plane, "particles"> => ({
    density: isLearned ? error(sigma).shades() : mixtureDensity(components, sigma),
    shows: isLearned ? "error" : "density",
    field: scoreField(denoise, sigma),
    marks,
  });
  const [stepsPerLevel, epsilon] = [STEPS / sigmas.length, STEP_SIZE * levels.sigmaMin ** 2];
  const begin = () => new ParticleRun(ald({ ...batchOf(draws), sigmas, stepsPerLevel, epsilon }), denoise, start);
  let run = begin();
  const version = () => (isLearned ? Math.floor(training.steps() / REDRAWN) : 0);
  return {
    ...{ error, train: training.train },
    run: () => run,
    plane: levelPlane(
      () => run,
      at,
      () => shown() || run.sigma,
      version,
    ),
    /** Lets the particles begin anew. */
    restart() {
      run = begin();
    },
  };
}

function* begin(values: MatchingStart): Generator<void, Simulation> {
  const components = componentsOf(values);
  let { shown } = values;
  const density = mixtureDensity(components, LOW);
  const draws = drawsOf(values);
  const target = targetOf(density, draws.particles);
  const start = startOf(values, draws);
  yield;
  const falling = geometricSigmas({ steps: LEVELS, sigmaMin: LOW, sigmaMax: HIGH });
  const one = learnerOf(values, components, start, [LOW], () => shown);
  yield;
  const all = learnerOf(values, components, start, falling, () => shown);
  const learners = [one, all];
  const clouds = () => learners.map(({ run }) => run().x);
  const atLow = tracesOf([`σ = ${LOW}, where data are`, `σ = ${LOW}, where none are`]);
  const atHigh = tracesOf([`σ = ${HIGH}, all over the plane`]);
  const readings = readingsOf(["one level", "falling levels"], rightHalfOf(target), distanceTo(target));
  const isLearned = values.score === "learned";
  /** Training steps; those that they would be, with the exact score. */
  let steps = 0;
  const isDone = () => learners.every(({ run }) => run().done);

  /** Measures the error of one network at a time, since each takes long. */
  function measure(): void {
    if (steps % MEASURED === 0) {
      const { near, far } = one.error(LOW).byData(density);
      atLow.add(steps, [near, far]);
    }
    if (steps % MEASURED === MEASURED / 2) atHigh.add(steps, [all.error(HIGH).everywhere]);
  }

  /** Steps since the last run ended, and where its particles lay. */
  let paused = 0;
  let ended: readonly Float32Array[] | undefined;
  /** While networks learn, the particles run again and again: the table, like the chart, has the last run that ended. */
  function resultRows(): TableRow[] {
    if (!isLearned) return readings.rows(clouds());
    const which = ended ? "last run" : "first run";
    return readings.rows(ended ?? clouds()).map((row) => (row.isResult ? { ...row, label: `${row.label}, ${which}` } : row));
  }
  const simulation: Simulation = {
    target,
    planes: learners.map(({ plane }) => plane),
    stepsPerFrame: () => 1,
    /** The exact score has nothing to learn: one run is enough. */
    done: () => !isLearned && isDone(),
    /** Another noise level is shown of what has been learned; all else begins anew. */
    change(next: MatchingStart) {
      if (Object.keys(next).some((name) => !["shown", "speed"].includes(name) && next[name as "data"] !== values[name as "data"])) return;
      shown = next.shown;
      return simulation;
    },
    /** Both networks take a training step; every third time their particles move too. */
    *step() {
      steps++;
      for (const learner of isLearned ? learners : []) yield* learner.train();
      if (isLearned) measure();
      yield;
      if (isDone()) {
        if (++paused <= PAUSE) return;
        paused = 0;
        for (const learner of learners) learner.restart();
      } else {
        for (const { run } of steps % TRAINED === 0 ? learners : []) {
          run().step();
          yield;
        }
        if (isDone()) ended = clouds();
        if (isDone() || (!isLearned && steps % MEASURED === 0)) readings.record(steps, clouds());
      }
    },
    rows: () => [
      ...(isLearned ? [{ label: "Training steps", values: [steps, steps] }] : []),
      { label: "Noise level σ", values: learners.map(({ run }) => (run().done ? "none" : run().sigma)) },
      ...resultRows(),
    ],
    charts() {
      const x = axisSince(isLearned ? "training steps" : "steps", steps);
      const [, distance] = readings.charts(x);
      if (!isLearned) return [distance];
      const y = { label: "mean error, times σ", from: 0.01, to: 3, isLog: true };
      const [near, far] = atLow.lines();
      const lines = [near, { ...far, plane: 0, isDotted: true }, { ...atHigh.lines()[0], plane: 1 }];
      return [{ title: "Error of the learned score", x, y, lines }, distance];
    },
  };
  return simulation;
}
