import { describe, expect, it } from "vitest";
import { canonicalOptions, OptionError } from "../../../wasm-model/index.ts";
import type { ModelCard } from "../../../wasm-model/model/card.ts";
import { chooseNetwork, resolveFor } from "../../../wasm-model/request/choose-network.ts";
import { cardOf, TINY } from "../../support/random-model.ts";

const teacher = cardOf(TINY);
const card: ModelCard = { ...teacher, sampling: { ...teacher.sampling, steps: 4, allowedSteps: [2, 4] } };
const eight: ModelCard = { ...teacher, sampling: { ...teacher.sampling, steps: 8 } };
const student = { card, teacher: { card: eight } };

describe("a student", () => {
  it.each([
    {},
    { steps: 2 },
    { steps: "04" },
    { sampler: "langevin" },
    { guidance: 1 },
    { guidance: "1.0" },
    { temperature: 0.5 },
    { class: 1, n: 9, size: 16, frames: 4 },
    { to: "bob", t: 0.25 },
  ])("draws what it knows: %o", (options) => {
    expect(chooseNetwork("sample", options, student)).toEqual({ card, drawnBy: "student" });
  });

  it.each([
    { steps: 3 },
    { steps: "8" },
    { sampler: "heun" },
    { sampler: "heun", steps: 4 },
    { guidance: 2 },
    { guidance: 0, steps: 4 },
    { steps: "many" }, // no request at all: the teacher's card says what there is
  ])("leaves everything else to its teacher: %o", (options) => {
    expect(chooseNetwork("sample", options, student)).toEqual({ card: eight, drawnBy: "teacher" });
  });

  it.each(["vary", "inpaint", "denoise"] as const)("leaves `%s` to its teacher, since it begins at other noise levels", (operation) => {
    expect(chooseNetwork(operation, { steps: 4 }, student)).toEqual({ card: eight, drawnBy: "teacher" });
  });

  it("gives each request the defaults of the card that draws", () => {
    const stepsOf = (options: object) => resolveFor("sample", { seed: "7", ...options }, student).settings.steps;
    expect([{}, { guidance: 2 }, { sampler: "heun" }, { steps: 2 }].map(stepsOf)).toEqual([4, 8, 8, 2]);
    expect(resolveFor("inpaint", { seed: "7" }, student).settings.steps).toBe(8);
    expect(() => stepsOf({ steps: 0 })).toThrow(new OptionError("invalid-value", "steps", "an integer from 1 to 64", 0));
  });

  it("draws the permanent address's settings with the same file", () => {
    for (const options of [{}, { steps: 2 }, { steps: 3 }, { guidance: 2, steps: 4 }, { churn: 0 }, { temperature: 0 }]) {
      const { drawnBy, settings } = resolveFor("sample", { seed: "7", ...options }, student);
      expect(resolveFor("sample", canonicalOptions(settings, card), student)).toMatchObject({ drawnBy, settings });
    }
  });
});

describe("a model of one file", () => {
  it("draws everything that it can, and does not mention files", () => {
    expect(chooseNetwork("vary", { steps: 3 }, { card: teacher })).toEqual({ card: teacher });
    expect(() => resolveFor("sample", { seed: "7", steps: 3 }, { card })).toThrow("Expected one of 2, 4, the step counts");
  });
});
