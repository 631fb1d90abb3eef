/** The numbers of the lessons' answers. Those about runs are in the scenes' tests. */
import { describe, expect, it } from "vitest";
import { defaults, readValues, writeValues } from "../../worker/langevin/fields.ts";
import { LESSONS, sceneNamed } from "../../worker/langevin/lessons.ts";
import { fieldsOf } from "../../worker/langevin/scene.ts";
import { potential } from "../../worker/langevin/scenes/potential.ts";
import { energy, pointsIn, wellsDenoiser } from "../../worker/langevin/wells.ts";
import { run, start } from "../support/simulation.ts";
import { row } from "./scenes/results.ts";

describe.each(LESSONS)("$title", ({ tasks }) => {
  it("has tasks of two or three dials, whose states exist", () => {
    for (const { scene, values, dials } of tasks) {
      const fields = fieldsOf(sceneNamed(scene)!);
      const base = defaults(fields);
      const query = new URLSearchParams(writeValues({ ...base, ...values }, fields));
      expect(readValues(query, fields)).toEqual({ ...base, ...values });
      expect([2, 3]).toContain(dials.length);
      for (const dial of dials) expect(Object.keys(fields)).toContain(dial);
    }
  });
});

const answerOf = (lesson: number, task: number): string => LESSONS[lesson].tasks[task - 1]!.answer.replaceAll("\u00a0", " ");

it("shares of the right half in the key are those of the page", () => {
  const wells = LESSONS[0].tasks[0].values.wells!;
  const shareAt = (temperature: number) => 100 * row(start(potential, { wells, temperature }), "In the target distribution")[0];
  expect(answerOf(0, 1)).toContain(`${shareAt(0.5).toFixed(0)} % at kT = 0.5 and ${shareAt(2).toFixed(0)} % at kT = 2`);
  expect(answerOf(0, 2)).toContain(`${shareAt(0.1).toFixed(2)} % belong`);
});

it("from a slope above a deep well, one in a hundred particles coasts to the other side and stays there", () => {
  const { wells, temperature } = LESSONS[0].tasks[1].values as { wells: string; temperature: number };
  const energyAt = (x: number, y: number) => energy(pointsIn(wells), x, y) / temperature;
  expect(answerOf(0, 2)).toContain(`${Math.floor(energyAt(-1.6, -1) - energyAt(-1.2, 0))} kT above the bottom of the pair`);
  const path = Array.from({ length: 241 }, (_, i) => energyAt(-1.2 + i / 100, 0));
  expect(answerOf(0, 2)).toContain(`${(Math.max(...path) - energyAt(1.2, 0)).toFixed(0)} kT deep`);
  const simulation = start(potential, { wells, temperature });
  for (const steps of [200, 1160]) expect(Math.abs(row(run(simulation, steps), "Weight of the right half")[0] - 0.011)).toBeLessThan(0.003);
});

describe("overdamped steps at little friction", () => {
  const { wells, ...values } = LESSONS[0].tasks[3].values as { wells: string };
  const state = (timeStep: number) => start(potential, { wells, ...values, timeStep });

  it("overshoot from the step on at which the scene begins to warn, and which the answer has", () => {
    const denoise = wellsDenoiser(pointsIn(wells));
    const endsAt = (timeStep: number) => {
      const x = Float32Array.of(-1.2 + 0.01, 0);
      const denoised = new Float32Array(2);
      for (let i = 0; i < 2000; i++) {
        denoise(x, 1, denoised);
        x.set(x.map((value, k) => value + (timeStep / 0.1) * (denoised[k] - value)));
      }
      return Math.abs(x[0] + 1.2);
    };
    expect(endsAt(0.0213)).toBeLessThan(0.002);
    expect(endsAt(0.0216)).toBeGreaterThan(0.02);
    expect(endsAt(0.03)).toBeLessThan(1);
    expect(state(0.0213).warning).toBeUndefined();
    expect(state(0.0215).warning).toMatch(/must be below 2γ\/k = 0\.0214 s/);
    const k = (2 / 0.45 ** 2) * Math.exp(-(0.15 ** 2) / (2 * 0.45 ** 2));
    expect(answerOf(0, 4)).toContain(`2γ/k = ${(0.2 / k).toFixed(4)} s on, with k = ${k.toFixed(2)}`);
  });
});

it("the scores of a Gaussian are those of the answer", () => {
  const score = (sigma: number) => 1 / (0.2 ** 2 + sigma ** 2);
  expect(answerOf(2, 5)).toContain(`−${score(3).toFixed(2)} and −${score(0.03).toFixed(1)}.`);
});

it("the bias of Euler-Maruyama falls to about half when its step is halved", () => {
  const excess = (timeStep: number) => {
    const simulation = run(start(potential, { ...LESSONS[0].tasks[2].values, timeStep }), 20 / timeStep);
    const readings = Array.from({ length: 40 }, () => row(run(simulation, 40), "Distance to")[0] - row(simulation, "Typical of")[0]);
    return readings.reduce((sum, value) => sum + value) / readings.length;
  };
  const [long, short] = [0.2, 0.1].map((timeStep) => excess(timeStep).toFixed(2));
  expect(answerOf(0, 3)).toContain(`from ${long} to ${short}`);
});
