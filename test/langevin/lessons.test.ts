/** The numbers of the lessons' answers. Those about runs are in the scenes' tests. */
import { describe, expect, it } from "vitest";
import { defaults, readValues, type Values, writeValues } from "../../worker/langevin/fields.ts";
import { LESSONS, sceneNamed } from "../../worker/langevin/lessons.ts";
import { fieldsOf } from "../../worker/langevin/scene.ts";
import { modes } from "../../worker/langevin/scenes/modes.ts";
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

const answerOf = (lesson: number, task: number): string => LESSONS[lesson].tasks[task - 1]!.answer;

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

  it("overshoot from the step on that the answer has, and leave with a long one, of which the scene warns", () => {
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
    const warningAt = (timeStep: number) => run(start(potential, { wells, ...values, timeStep, particles: "500" }), 600).warning!();
    expect([0.07, 0.2].map(warningAt)).toEqual(["", "Particles have left for good: the step is too long."]);
    const k = (2 / 0.45 ** 2) * Math.exp(-(0.15 ** 2) / (2 * 0.45 ** 2));
    expect(answerOf(0, 4)).toContain(`2γ/k = ${(0.2 / k).toFixed(4)} s on, with k = ${k.toFixed(2)}`);
  });
});

describe("friction, in one well and two", () => {
  const { wells, temperature, ...values } = LESSONS[0].tasks[4].values as { wells: string; temperature: number };
  const [a, w] = [0.75, 0.45];
  const [pass, other] = [Math.exp(-(a * a) / (2 * w * w)), Math.exp(-(4 * a * a) / (2 * w * w))];
  /** Curvatures along and across, of a well and of the pass between both, by the energy's formula. */
  const well = [(1 - other * ((4 * a * a) / (w * w) - 1)) / w ** 2, (1 + other) / w ** 2];
  const saddle = [(2 * pass * ((a * a) / (w * w) - 1)) / w ** 2, (2 * pass) / w ** 2];
  const quarter = (friction: number) => {
    const lambda = Math.sqrt(friction ** 2 / 4 + saddle[0]) - friction / 2;
    const rate =
      (lambda / (2 * Math.PI)) * Math.sqrt((well[0] * well[1]) / (saddle[0] * saddle[1])) * Math.exp(-(1 + other - 2 * pass) / temperature);
    return Math.log(2) / (2 * rate); // of 1/2 (1 - exp(-2 rate t))
  };

  it("has the closed forms of overshoot, period and crossing", () => {
    const omega = Math.sqrt(well[0] - 0.5 ** 2 / 4);
    const overshoot = 100 * Math.exp((-Math.PI * 0.5) / (2 * omega));
    expect(LESSONS[0].tasks[4].predict).toContain(`is ${well[0].toFixed(2)}`);
    for (const words of [
      `2√k = ${(2 * Math.sqrt(well[0])).toFixed(2)} per s`,
      `= ${overshoot.toFixed(0)} % of 0.3`,
      `once in ${((2 * Math.PI) / omega).toFixed(1)} s`,
      `after ${quarter(0.5).toFixed(0)} s at 0.5 and ${quarter(5).toFixed(0)} s at 5`,
    ])
      expect(answerOf(0, 5)).toContain(words);
  });

  it.each([
    [0.5, 10],
    [5, 30],
  ])("at %d per s a quarter is across after some %d s, and half in the end", (friction, seconds) => {
    const simulation = start(potential, { wells, temperature, ...values, friction });
    const shareAfter = (steps: number) => row(run(simulation, steps), "Weight of the right half")[0];
    expect(Math.abs(shareAfter(10 * seconds) - 0.25)).toBeLessThan(0.03);
    expect(Math.abs(shareAfter(60 * seconds) - 0.5)).toBeLessThan(0.03);
  });
});

it("highest noise, levels and step: what each choice gives", () => {
  const { values } = LESSONS[2].tasks[4];
  const end = (changed: Values) => run(start(modes, { ...values, ...changed }));
  const variance = (relativeStep: number) => row(end({ sigmaMax: 4, relativeStep }), "Variance after")[1];
  const [low, high] = [0.4, 4].map((sigmaMax) => 100 * row(end({ sigmaMax }), "Weight of the right half")[1]);
  expect(answerOf(2, 5)).toContain(`${low.toFixed(0)} % come where 25.5 % belong; with 4 it is ${high.toFixed(0)} %`);
  const [few, best, long, usual] = [0.02, 0.1, 1, 0.3].map((step) => variance(step).toFixed(2));
  expect(answerOf(2, 5)).toContain(
    `${few} σ² with steps of 0.02 σ², too few to forget the level before; ${best} σ² with 0.1 σ²; ${long} σ² with`,
  );
  const distance = (relativeStep: number) => row(end({ sigmaMax: 4, relativeStep }), "Distance to")[1].toFixed(3);
  expect(answerOf(2, 5)).toContain(`(${usual} σ²) comes nearer: a distance of ${distance(0.3)} instead of ${distance(0.1)}`);
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
