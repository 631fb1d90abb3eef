import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FLAGS, type Flag, readAddress, writeAddress } from "../../worker/langevin/address.ts";
import { defaults, POSITIONS, type Value, valueAt } from "../../worker/langevin/controls.ts";
import { CONTROLS } from "../../worker/langevin/scenes/index.ts";

const read = (query: string) => readAddress(new URLSearchParams(query), CONTROLS);

describe("an address", () => {
  it.each(Object.entries(CONTROLS))("holds every state of %s", (scene, controls) => {
    const value = (name: string): fc.Arbitrary<Value> => {
      const control = controls[name];
      if (control.kind === "choice") return fc.constantFrom(...Object.keys(control.options));
      if (control.kind === "slider") {
        const [least, most] = control.scale === "whole" ? [control.min, control.max] : [0, POSITIONS];
        return fc.integer({ min: least, max: most }).map((position) => valueAt(control, position));
      }
      if (control.kind === "formula") return fc.constantFrom("", "exp(-x)", "2*x^2+y/-3", control.example);
      if (control.kind === "seed") return fc.integer({ min: 1, max: control.most });
      const coordinate = fc.integer({ min: -300, max: 300 }).map((hundredths) => hundredths / 100);
      return fc.array(fc.tuple(coordinate, coordinate), { maxLength: control.most });
    };
    const values = fc.record(Object.fromEntries(Object.keys(controls).map((name) => [name, value(name)])));
    fc.assert(
      fc.property(values, fc.subarray(Object.keys(FLAGS) as Flag[]), (values, flags) => {
        const query = writeAddress({ scene, values, flags }, CONTROLS);
        expect(readAddress(new URLSearchParams(query), CONTROLS)).toEqual({ scene, flags, values: { ...values }, problems: [] });
      }),
      { numRuns: 50 },
    );
  });

  it("leaves out default values", () => {
    expect(writeAddress({ scene: "potential", values: defaults(CONTROLS.potential!) }, CONTROLS)).toBe("");
    const values = { ...defaults(CONTROLS.modes!), weight: 40 };
    expect(writeAddress({ scene: "modes", values, flags: ["paused", "embed"] }, CONTROLS)).toBe("?scene=modes&weight=40&paused&embed");
  });

  it.each([
    ["scene=nope", "There is no scene “nope”. The scenes are potential, modes, curve, matching, samplers, correlated."],
    ["scene=modes&weight=99", "Weight of the right mode takes a whole number from 5 to 95, so “99” was ignored."],
    ["scene=modes&weight=7.5", "Weight of the right mode takes a whole number from 5 to 95, so “7.5” was ignored."],
    ["scene=modes&gap=0x1", "Half the distance takes a number from 0.5 to 2, so “0x1” was ignored."],
    ["friction=", "Friction γ takes a number from 0.1 to 5, so “” was ignored."],
    ["friction=1&friction=2", "“friction” was given 2 times, so it was ignored."],
    ["dynamics=toString", "Dynamics takes one of kinetic, ald, so “toString” was ignored."],
    [
      "wells=1,2;4,0",
      "Wells of the potential takes at most 24 points as in “1,2;0.5,-1”, with coordinates from -3 to 3, so “1,2;4,0” was ignored.",
    ],
    [
      "scene=curve&weight=20",
      "Unknown setting “weight” was ignored. This scene knows: curve, sigma, sigmaMax, levels, stepsPerLevel, relativeStep, particles, speed, seed.",
    ],
    ["seed=0", "Random seed takes a whole number from 1 to 99999, so “0” was ignored."],
    ["particles=7", "Particles takes one of 500, 1000, 2000, 5000, 10000, 20000, so “7” was ignored."],
    ["formula=1/x", "The formula has no value at x = 0, y = -3. So it was ignored."],
    ["paused=no", "“paused” takes no value, so it was ignored."],
  ])("names what is wrong: %s", (query, problem) => {
    const { scene, values, problems } = read(query);
    expect(problems).toEqual([problem]);
    expect(values).toEqual(defaults(CONTROLS[scene]));
  });

  it("names everything that is wrong, and keeps the rest", () => {
    const { values, problems } = read("friction=99&temperature=1&dynamics=x");
    expect(problems.length).toBe(2);
    expect(values).toMatchObject({ friction: 1, temperature: 1, dynamics: "kinetic" });
  });
});
