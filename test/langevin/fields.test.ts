import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaults, nearestStop, ratioStops, readValues, slider, type Value, writeValues } from "../../worker/langevin/fields.ts";
import { textOf } from "../../worker/langevin/points.ts";
import { fieldsOf } from "../../worker/langevin/scene.ts";
import { SCENES, sceneNamed } from "../../worker/langevin/scenes/index.ts";

const of = (scene: string) => fieldsOf(sceneNamed(scene)!);
const read = (query: string, scene = "potential") => readValues(new URLSearchParams(query), of(scene));

describe("an address", () => {
  it.each(SCENES)("holds every state of $name", (scene) => {
    const fields = fieldsOf(scene);
    const value = (name: string): fc.Arbitrary<Value> => {
      const field = fields[name];
      if (field.kind === "choice") return fc.constantFrom(...Object.keys(field.values));
      if (field.kind === "number" && field.step === "ratio") return fc.constantFrom(...ratioStops(field));
      if (field.kind === "number") return fc.integer({ min: Math.ceil(field.min), max: Math.floor(field.max) });
      if (name === "formula") return fc.constantFrom("", "exp(-x)", "2*x^2+y/-3", field.example!);
      const coordinate = fc.integer({ min: -300, max: 300 }).map((hundredths) => hundredths / 100);
      return fc.array(fc.tuple(coordinate, coordinate), { maxLength: 24 }).map(textOf);
    };
    fc.assert(
      fc.property(fc.record(Object.fromEntries(Object.keys(fields).map((name) => [name, value(name)]))), (values) => {
        const query = new URLSearchParams(writeValues(values, fields));
        expect(readValues(new URLSearchParams(query.toString()), fields)).toEqual({ values: { ...values }, problems: [] });
      }),
      { numRuns: 50 },
    );
  });

  it("leaves out defaults", () => {
    const fields = of("modes");
    expect(writeValues(defaults(fields), fields)).toEqual([]);
    expect(writeValues({ ...defaults(fields), weight: 40 }, fields)).toEqual([["weight", "40"]]);
  });

  it.each([
    ["modes", "weight=99", "“Weight of the right mode” takes a whole number from 5 to 95, not 99."],
    ["modes", "weight=7.5", "“Weight of the right mode” takes a whole number from 5 to 95, not 7.5."],
    ["modes", "gap=0x1", "“Half the distance” takes a number from 0.5 to 2, not 0x1."],
    ["potential", "friction=", "“Friction γ” takes a number from 0.1 to 5, not nothing."],
    ["potential", "dynamics=toString", "“Dynamics” takes one of kinetic, ald, not toString."],
    ["potential", "wells=1,2;4,0", "“Wells, drawn in the plane or written” takes at most 24 points as in “1,2; 0.5,-1”, from -3 to 3."],
    ["matching", "weight=20", "There is no setting “weight” on this page."],
    ["potential", "formula=1/x", "The formula has no value at x = 0, y = -3."],
  ])("names what is wrong in %s: %s", (scene, query, problem) => {
    expect(read(query, scene)).toEqual({ values: defaults(of(scene)), problems: [problem] });
  });

  it("names everything that is wrong, and keeps the rest", () => {
    const { values, problems } = read("friction=99&temperature=1&dynamics=x");
    expect(problems.length).toBe(2);
    expect(values).toMatchObject({ friction: 1, temperature: 1, dynamics: "kinetic" });
  });
});

describe("a slider of even ratios", () => {
  it("of temperatures reaches the round ones, 0.1 and 0.5 among them", () => {
    const stops = ratioStops({ min: 0.05, max: 2 });
    for (const round of [0.05, 0.1, 0.2, 0.5, 1, 2]) expect(stops).toContain(round);
    for (const [i, stop] of stops.slice(1).entries()) expect(stop / stops[i]).toBeLessThan(1.11);
  });

  it.each(SCENES)("of $name stops at its ends and at its default, in ascending order", (scene) => {
    for (const field of Object.values(fieldsOf(scene))) {
      if (field.kind !== "number" || field.step !== "ratio") continue;
      const stops = ratioStops(field);
      expect([stops[0], stops.at(-1)]).toEqual([field.min, field.max]);
      expect(stops).toContain(field.default);
      expect(stops).toEqual([...new Set(stops)].sort((a, b) => a - b));
    }
  });

  it("stands at the stop nearest to a number", () => {
    const stops = ratioStops(slider("", [1, 5], 1, "ratio"));
    expect([0.2, 1.02, 3.95, 9].map((value) => stops[nearestStop(stops, value)])).toEqual([1, 1, 4, 5]);
  });
});
