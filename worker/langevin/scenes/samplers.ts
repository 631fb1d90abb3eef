/** Three of the images' samplers with the same number of evaluations, and a chart of how near each comes with more of them. */

import type { Batch, Sampler } from "../../../wasm-model/sampling/sampler.ts";
import { ald, geometricSigmas, heun, karrasSigmas, langevin } from "../../../wasm-model/sampling/samplers.ts";
import { choice } from "../fields.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "../mixture.ts";
import { batchOf, ParticleRun } from "../particles.ts";
import { constantLine, distanceTo, readingsOf } from "../readings.ts";
import { drawsOf, type Scene, type SceneStart, type Simulation } from "../scene.ts";
import { targetOf } from "../target.ts";

const [SIGMA_MIN, SIGMA_MAX, RHO] = [0.03, 6, 5];
/** Settings of `langevin` that suit these distributions. */
const [CHURN, EXTRAPOLATION] = [0.3, 1.5];
/** Of `ald`: the published number of levels, and step over sigma^2 (Song & Ermon 2019: L = 10, epsilon = 2e-5, sigma_L = 0.01). */
const PUBLISHED_LEVELS = 10;
const PUBLISHED_STEP = 0.2;
/** Numbers of evaluations in the chart. */
const BUDGETS = [4, 6, 8, 16, 32, 64, 128, 256, 512] as const;

/** Unequal modes on a ring. */
const RING: readonly Component[] = Array.from({ length: 7 }, (_, i) => {
  const angle = (2 * Math.PI * i) / 7;
  return { weight: (i + 1) / 28, x: 1.7 * Math.cos(angle), y: 1.7 * Math.sin(angle), std: 0.2 };
});

const FIELDS = {
  evaluations: choice("Evaluations each", { 4: "4", 8: "8", 16: "16", 32: "32", 64: "64", 128: "128", 256: "256", 512: "512" }, "32"),
} as const;

const karras = (steps: number): number[] => karrasSigmas({ steps, sigmaMin: SIGMA_MIN, sigmaMax: SIGMA_MAX, rho: RHO });

/** By caption: the sampler with at most n evaluations. */
const SAMPLERS: Readonly<Record<string, (n: number, batch: Batch) => Sampler>> = {
  "ald: annealed Langevin, as published": (n, batch) => {
    const levels = Math.max(1, Math.min(PUBLISHED_LEVELS, Math.floor(n / 2)));
    const sigmas = geometricSigmas({ steps: levels, sigmaMin: SIGMA_MIN, sigmaMax: SIGMA_MAX });
    return ald({ ...batch, sigmas, stepsPerLevel: Math.floor(n / levels), epsilon: PUBLISHED_STEP * SIGMA_MIN * SIGMA_MIN });
  },
  "heun: probability flow, order 2": (n, batch) => heun({ ...batch, sigmas: karras(Math.floor((n + 1) / 2)) }),
  "langevin: multistep, with fresh noise": (n, batch) => {
    const churn = Array<number>(n - 1).fill(CHURN);
    const extrapolation = churn.map((_, i) => (i === n - 2 ? 1 : EXTRAPOLATION));
    return langevin({ ...batch, sigmas: karras(n), churn, extrapolation });
  },
};
const CAPTIONS = Object.keys(SAMPLERS);
const NAMES = CAPTIONS.map((caption) => caption.split(":")[0]);

export const samplers: Scene = {
  name: "samplers",
  fields: FIELDS,
  planes: CAPTIONS,
  start: begin,
};

function* begin(values: SceneStart<typeof FIELDS>): Generator<void, Simulation> {
  const draws = drawsOf(values);
  const batch = batchOf(draws);
  const runWith = (caption: string, evaluations: number) => new ParticleRun(SAMPLERS[caption](evaluations, batch), mixtureDenoiser(RING));
  const evaluations = Number(values.evaluations);
  const runs: ParticleRun[] = [];
  for (const caption of CAPTIONS) {
    runs.push(runWith(caption, evaluations));
    yield;
  }
  const clouds = () => runs.map(({ x }) => x);
  const target = targetOf(mixtureDensity(RING, 0), draws.particles);
  const distance = distanceTo(target);
  const readings = readingsOf(NAMES, distance);
  const isMoving = () => runs.some(({ done }) => !done);

  /** The chart's lines, and the runs that make their points: one after another, an evaluation at a time. */
  const lines = NAMES.map((name) => ({ name, points: [] as [evaluations: number, distance: number][] }));
  function* measure(): Generator<void> {
    for (const budget of BUDGETS) {
      for (const [i, caption] of CAPTIONS.entries()) {
        const run = runWith(caption, budget);
        for (; !run.done; run.step()) yield;
        lines[i].points.push([run.evaluations, distance.of(run.x)]);
      }
    }
  }
  const measuring = measure();
  let done = false;
  return {
    target,
    planes: runs.map((run) => () => ({ particles: run.x, density: target.density })),
    done: () => done,
    /** Short runs take two seconds of 60 frames; long ones as many frames as evaluations. */
    stepsPerFrame: () => (isMoving() ? Math.min(1, evaluations / 120) : 4),
    *step() {
      if (isMoving()) {
        for (const run of runs) {
          run.step();
          yield;
        }
      } else done = measuring.next().done === true;
    },
    rows: () => [
      { label: "Evaluations", values: runs.map(({ evaluations }) => evaluations) },
      { label: "Noise level σ", values: runs.map(({ sigma, done }) => (done ? "none" : sigma)) },
      ...readings.rows(clouds()),
    ],
    charts() {
      const x = { label: "evaluations", from: 3, to: 512, isLog: true };
      const now = lines.map((line, i) => ({ ...line, now: distance.of(runs[i].x) }));
      const exact = constantLine(distance.exactLabel, x, distance.exact());
      return [{ title: "Distance by evaluations", x, y: distance.axis, lines: [...now, exact] }];
    },
  };
}
