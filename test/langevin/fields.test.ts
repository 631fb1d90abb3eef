import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { defaults, readValues, type Value, writeValues } from "../../worker/langevin/fields.ts";
import { SCENES, sceneNamed } from "../../worker/langevin/lessons.ts";
import { fieldsOf } from "../../worker/langevin/scene.ts";
import { CELLS } from "../../worker/langevin/target.ts";
import { textOf } from "../../worker/langevin/wells.ts";
import { run, start } from "../support/simulation.ts";

const drawn = vi.hoisted(() => ({ numbers: 0 }));
vi.mock(import("../../wasm-model/sampling/random.ts"), async (original) => {
  const random = await original();
  const gaussians: typeof random.gaussians = (state, draw, out) => {
    drawn.numbers += out.length;
    random.gaussians(state, draw, out);
  };
  return { ...random, gaussians };
});

const of = (scene: string) => fieldsOf(sceneNamed(scene)!);
const read = (query: string, scene = "potential") => readValues(new URLSearchParams(query), of(scene));

describe("an address", () => {
  it.each(SCENES)("holds every state of $name", (scene) => {
    const fields = fieldsOf(scene);
    const value = (name: string): fc.Arbitrary<Value> => {
      const field = fields[name];
      if (field.kind === "choice") return fc.constantFrom(...Object.keys(field.values));
      if (field.kind === "number") {
        const { min, max, step } = field;
        return fc.integer({ min: 0, max: Math.round((max - min) / step) }).map((stop) => Number((min + stop * step).toFixed(6)));
      }
      const coordinate = fc.integer({ min: -300, max: 300 }).map((hundredths) => hundredths / 100);
      return fc.array(fc.tuple(coordinate, coordinate), { maxLength: 24 }).map(textOf);
    };
    fc.assert(
      fc.property(fc.record(Object.fromEntries(Object.keys(fields).map((name) => [name, value(name)]))), (values) => {
        const query = new URLSearchParams(writeValues(values, fields));
        expect(readValues(new URLSearchParams(query.toString()), fields)).toEqual({ ...values });
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["modes", "weight=99"],
    ["modes", "weight=7.5"],
    ["modes", "gap=0x1"],
    ["potential", "friction="],
    ["potential", "dynamics=toString"],
    ["potential", "wells=1,2;4,0"],
    ["matching", "weight=20"],
    ["potential", "formula=x^2"],
  ])("that asks for what there is not has the default of %s: %s", (scene, query) => {
    expect(read(query, scene)).toEqual(defaults(of(scene)));
  });
});

it.each(SCENES)("the particles of $name are the same for the same seed, and others for another", (scene) => {
  const [first, again, other] = [1, 1, 2].map((seed) => run(start(scene, { seed }), 3).planes.map((show) => [...show().particles]));
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

it.each(SCENES)(
  "$name starts and steps in parts; none of a start draws more than two vectors a particle; its target is computed a row at a time",
  (scene) => {
    const values = defaults(fieldsOf(scene));
    const parts = scene.start(values);
    for (let isDone = false; !isDone; ) {
      drawn.numbers = 0;
      isDone = parts.next().done === true;
      expect(drawn.numbers).toBeLessThanOrEqual(2 * 2 * Number(values.particles));
    }
    expect([...start(scene).step()].length).toBeGreaterThan(0);
    expect([...start(scene).target.prepare()]).toHaveLength(2 * CELLS);
  },
);
