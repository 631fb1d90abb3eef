import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldsOf, SCENES, sceneNamed } from "../../worker/langevin/scenes/index.ts";
import { defaults, nearestStop, readValues, slider, stopsOf, type Value, writeValues } from "../../worker/langevin/state.ts";

const of = (scene: string) => fieldsOf(sceneNamed(scene)!);
const read = (query: string, scene = "potential") => readValues(new URLSearchParams(query), of(scene), defaults(of(scene)));

describe("an address", () => {
  it.each(SCENES)("holds every state of $name", (scene) => {
    const fields = fieldsOf(scene);
    const value = (name: string): fc.Arbitrary<Value> => {
      const field = fields[name];
      if (field.kind === "choice") return fc.constantFrom(...Object.keys(field.options));
      if (field.kind === "slider") return fc.constantFrom(...stopsOf(field));
      if (field.kind === "formula") return fc.constantFrom("", "exp(-x)", "2*x^2+y/-3", field.example);
      const coordinate = fc.integer({ min: -300, max: 300 }).map((hundredths) => hundredths / 100);
      return fc.array(fc.tuple(coordinate, coordinate), { maxLength: field.most });
    };
    const base = defaults(fields);
    fc.assert(
      fc.property(fc.record(Object.fromEntries(Object.keys(fields).map((name) => [name, value(name)]))), (values) => {
        const query = new URLSearchParams(writeValues(values, base));
        expect(readValues(new URLSearchParams(query.toString()), fields, base)).toEqual({ values: { ...values }, problems: [] });
      }),
      { numRuns: 50 },
    );
  });

  it("leaves out what is as in the state that it begins with", () => {
    const base = defaults(of("modes"));
    expect(writeValues(base, base)).toEqual([]);
    expect(writeValues({ ...base, weight: 40 }, base)).toEqual([["weight", "40"]]);
    expect(writeValues(base, { ...base, weight: 40 })).toEqual([["weight", "25"]]);
  });

  it.each([
    ["modes", "weight=99", "Weight of the right mode takes a whole number from 5 to 95, so “99” was ignored."],
    ["modes", "weight=7.5", "Weight of the right mode takes a whole number from 5 to 95, so “7.5” was ignored."],
    ["modes", "gap=0x1", "Half the distance takes a number from 0.5 to 2, so “0x1” was ignored."],
    ["potential", "friction=", "Friction γ takes a number from 0.1 to 5, so “” was ignored."],
    ["potential", "friction=1&friction=2", "“friction” was given 2 times, so it was ignored."],
    ["potential", "dynamics=toString", "Dynamics takes one of kinetic, ald, so “toString” was ignored."],
    [
      "potential",
      "wells=1,2;4,0",
      "Wells of the potential takes at most 24 points as in “1,2;0.5,-1”, with coordinates from -3 to 3, so “1,2;4,0” was ignored.",
    ],
    [
      "matching",
      "weight=20",
      "Unknown setting “weight” was ignored. This scene knows: data, score, start, shade, learningRate, particles, points, speed, seed.",
    ],
    ["potential", "seed=0", "Random seed takes a whole number from 1 to 99, so “0” was ignored."],
    ["potential", "particles=7", "Particles takes one of 500, 1000, 2000, 5000, 10000, 20000, so “7” was ignored."],
    ["potential", "formula=1/x", "The formula has no value at x = 0, y = -3. So it was ignored."],
  ])("names what is wrong in %s: %s", (scene, query, problem) => {
    expect(read(query, scene)).toEqual({ values: defaults(of(scene)), problems: [problem] });
  });

  it("names everything that is wrong, and keeps the rest", () => {
    const { values, problems } = read("friction=99&temperature=1&dynamics=x");
    expect(problems.length).toBe(2);
    expect(values).toMatchObject({ friction: 1, temperature: 1, dynamics: "kinetic" });
  });
});

describe("a slider", () => {
  it("of temperatures reaches the round ones, 0.1 and 0.5 among them", () => {
    const { temperature } = of("potential");
    const stops = temperature?.kind === "slider" ? stopsOf(temperature) : [];
    for (const round of [0.05, 0.1, 0.2, 0.5, 1, 2]) expect(stops).toContain(round);
    for (const [i, stop] of stops.slice(1).entries()) expect(stop / stops[i]).toBeLessThan(1.11);
  });

  it.each(SCENES)("of $name stops at its ends and at its default, in ascending order", (scene) => {
    for (const field of Object.values(fieldsOf(scene))) {
      if (field.kind !== "slider") continue;
      const stops = stopsOf(field);
      expect([stops[0], stops.at(-1)]).toEqual([field.min, field.max]);
      expect(stops).toContain(field.default);
      expect(stops).toEqual([...new Set(stops)].sort((a, b) => a - b));
    }
  });

  it("stands at the stop nearest to a number", () => {
    const stops = stopsOf(slider("", [1, 4], 1));
    expect([0.2, 1.4, 2.6, 9].map((value) => stops[nearestStop(stops, value)])).toEqual([1, 1, 3, 4]);
  });
});
