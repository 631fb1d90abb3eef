import { describe, expect, it } from "vitest";
import { gaussians, seedState } from "../../../wasm-model/sampling/random.ts";
import { cma } from "../cma-es.ts";

const normalsOf = (seed: string) => (generation: number, index: number, out: Float32Array) =>
  gaussians(seedState(`${seed}/${generation}`), index, out);

function minimum(f: (x: readonly number[]) => number, start: readonly number[], generations: number) {
  const search = cma(
    start,
    start.map(() => 0.5),
    normalsOf("test"),
  );
  for (let g = 0; g < generations; g++) search.tell(search.ask().map(f));
  return { x: search.mean, value: f(search.mean) };
}

describe("cma", () => {
  it("finds the minimum of an ellipsoid whose axes differ a thousandfold", () => {
    const target = [1, -2, 3, 0.5, -1, 2];
    const f = (x: readonly number[]) => x.reduce((sum, value, i) => sum + 1e6 ** (i / 5) * (value - target[i]) ** 2, 0);
    const { x, value } = minimum(f, [0, 0, 0, 0, 0, 0], 300);
    expect(value).toBeLessThan(1e-8);
    x.forEach((value, i) => {
      expect(value).toBeCloseTo(target[i], 3);
    });
  });

  it("follows Rosenbrock's bent valley to its end", () => {
    const f = (x: readonly number[]) => x.slice(1).reduce((sum, value, i) => sum + 100 * (value - x[i] ** 2) ** 2 + (1 - x[i]) ** 2, 0);
    const { x, value } = minimum(f, [-1, 0, 0.5, 0], 400);
    expect(value).toBeLessThan(1e-8);
    for (const one of x) expect(one).toBeCloseTo(1, 3);
  });

  it("gives the same candidates for the same values and normals", () => {
    const run = () => minimum((x) => Math.hypot(...x), [1, 1, 1], 10);
    expect(run()).toEqual(run());
  });

  it("uses only ranks: a monotone change of the values changes nothing", () => {
    const f = (x: readonly number[]) => x.reduce((sum, value) => sum + value * value, 0);
    const plain = minimum(f, [1, 2], 20);
    const bent = minimum((x) => Math.log(f(x)), [1, 2], 20);
    expect(bent.x).toEqual(plain.x);
  });
});
