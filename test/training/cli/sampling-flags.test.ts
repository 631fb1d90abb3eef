import { expect, it } from "vitest";
import { SAMPLING_FLAGS, USED_SETTINGS, withChanges } from "../../../training/cli/sampling-flags.ts";
import { UserError } from "../../../training/cli/user-error.ts";
import { createSampler } from "../../../wasm-model/sampling/index.ts";
import { SAMPLERS, type SamplingSettings } from "../../../wasm-model/sampling/settings.ts";
import { cardOf, TINY } from "../../support/random-model.ts";
import { drive, gaussianDenoiser, seededNoise } from "../../wasm-model/sampling/closed-form.ts";

const parse = (name: string, text: string) => SAMPLING_FLAGS.find(({ flag }) => flag === name)?.parse(text);

it("a flag for a sampling setting takes a number, or the two numbers of a ramp", () => {
  expect([parse("steps", "8"), parse("churn", "0.5"), parse("churn", "0.9:0.6")]).toEqual([8, 0.5, [0.9, 0.6]]);
});

it.each([
  ["steps", "0", 'Expected a whole number from 1 to 1000 for `steps` but received "0"'],
  ["churn", "much", 'Expected a number from 0 to 1 for `churn` but received "much"'],
  ["churn", "", 'Expected a number from 0 to 1 for `churn` but received ""'],
  ["churn", "0.5:0.6:0.7", 'Expected a number, or two numbers with a colon between them, for `churn` but received "0.5:0.6:0.7"'],
  ["extrapolation", "11", 'Expected a number from 0 to 10 for `extrapolation` but received "11"'],
])("--%s %j is refused", (name, text, message) => {
  expect(() => parse(name, text)).toThrow(new UserError(message));
});

it.each(SAMPLERS)("%s uses the settings that are said of it, and no others", (sampler) => {
  const changes = { rho: 5, churn: 0.5, extrapolation: 1.2, stepsPerLevel: 8, relativeStep: 0.1 };
  const batch = { images: 2, imageSize: 3, noise: seededNoise("a", "b") };
  const images = (changed: Partial<SamplingSettings>) => {
    const settings = { ...cardOf(TINY).sampling, sampler, ...changed };
    return drive(createSampler(sampler, 4, settings, batch), gaussianDenoiser(-0.2, 0.4));
  };
  const unchanged = images({});
  const used = Object.entries(changes).filter(([name, value]) => images({ [name]: value }).some((pixel, i) => pixel !== unchanged[i]));
  expect(used.map(([name]) => name)).toEqual(USED_SETTINGS[sampler]);
});

it("a changed setting of the grid drops schedules, and another highest level the start that replaces it", () => {
  const start = { sigmaMax: 5, ...{ squares: 1, spread: 1, extrapolation: 1, means: [[0]], factor: [1] } };
  const { sampling } = cardOf(TINY);
  const settings = { ...sampling, start, schedules: [{ sigmas: [9], churn: [], extrapolation: [] }] };
  expect(withChanges(settings, { steps: 6 })).toEqual({ ...settings, steps: 6 });
  expect(withChanges(settings, { churn: 0.5 })).toEqual({ ...sampling, start, churn: 0.5 });
  expect(withChanges(settings, { sigmaMax: 20 })).toEqual({ ...sampling, sigmaMax: 20 });
});
