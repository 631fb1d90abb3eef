import { describe, expect, it } from "vitest";
import {
  fromTensorLayout,
  initialParameters,
  storedFilters,
  tensorShape,
  toTensorLayout,
  unitFilters,
} from "../../../training/network/parameters.ts";
import { parametersOf } from "../../../wasm-model/network/count.ts";
import { TINY } from "../../support/random-model.ts";

const norms = (values: Float32Array, outputs: number): number[] =>
  Array.from({ length: outputs }, (_, o) =>
    Math.hypot(...values.subarray((o * values.length) / outputs, ((o + 1) * values.length) / outputs)),
  );

describe("parameters", () => {
  const initial = initialParameters(TINY, "seed");

  it("are those of the network, and depend on the seed alone", () => {
    expect([...initial.keys()]).toEqual([...parametersOf(TINY).keys()]);
    expect(initialParameters(TINY, "seed")).toEqual(initial);
    expect(initialParameters(TINY, "other").get("in")).not.toEqual(initial.get("in"));
  });

  it("begin with gains of 0 and phases in (0, 1)", () => {
    expect(initial.get("out.gain")).toEqual(new Float32Array(1));
    expect(initial.get("fourier.phases")!.every((phase) => phase > 0 && phase < 1)).toBe(true);
  });

  it("have unit norm as the network uses them and unit root mean square as they are stored", () => {
    for (const [path, { kind, shape }] of parametersOf(TINY)) {
      if (kind !== "conv" && kind !== "linear") continue;
      const fanIn = initial.get(path)!.length / shape[0];
      for (const norm of norms(unitFilters(parametersOf(TINY), initial).get(path)!, shape[0])) expect(norm).toBeCloseTo(1, 5);
      for (const norm of norms(storedFilters(parametersOf(TINY), initial).get(path)!, shape[0]))
        expect(norm / Math.sqrt(fanIn)).toBeCloseTo(1, 5);
    }
  });

  it("convert to tensor layout and back", () => {
    const shape = [2, 3, 1, 2];
    const values = Float32Array.from({ length: 12 }, (_, i) => i);
    const tensor = toTensorLayout(values, shape);
    expect(tensorShape(shape)).toEqual([1, 2, 3, 2]);
    // Element [0, dx, i, o] of the tensor is element [o, i, 0, dx] of the filter.
    expect(tensor[(1 * 3 + 2) * 2 + 1]).toBe(values[(1 * 3 + 2) * 2 + 1]);
    expect([...tensor]).toEqual([0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
    expect(fromTensorLayout(tensor, shape)).toEqual(values);
    expect(tensorShape([12])).toEqual([12]);
  });
});
