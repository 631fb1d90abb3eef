/** Nearest neighbours, and precision and recall that are made of them. */
import { beforeAll, describe, expect, it } from "vitest";
import { coveredShare, nearestDistances, precisionRecall, supportRadii } from "../../../training/measure/neighbours.ts";
import type { Tf } from "../../../training/network/score-network.ts";
import { gaussians, seedState } from "../../../wasm-model/sampling/random.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

function cloud(seed: string, count: number, size: number, centre = 0): Float32Array {
  const rows = new Float32Array(count * size);
  gaussians(seedState(seed), 0, rows);
  return rows.map((z) => z + centre);
}

function sortedDistances(point: Float32Array, references: Float32Array, size: number): number[] {
  return Array.from({ length: references.length / size }, (_, i) =>
    Math.sqrt(point.reduce((sum, value, j) => sum + (value - references[i * size + j]) ** 2, 0)),
  ).sort((a, b) => a - b);
}

describe("nearestDistances", () => {
  it.each([1, 2, 4])("equal those of plain loops, k = %i", async (k) => {
    const size = 5;
    const [points, references] = [cloud("points", 37, size), cloud("references", 101, size)];
    const nearest = await nearestDistances(tf, points, references, size, { k });
    expect(nearest).toHaveLength(37);
    for (const [i, distance] of nearest.entries()) {
      const exact = sortedDistances(points.subarray(i * size, (i + 1) * size), references, size)[k - 1];
      expect(Math.abs(distance - exact)).toBeLessThan(1e-4);
    }
  });

  it("cover more references than fit at a time, and report progress", async () => {
    const references = cloud("many", 2 ** 20, 1);
    const seen: number[] = [];
    const nearest = await nearestDistances(tf, cloud("few", 20, 1), references, 1, { onProgress: (done) => void seen.push(done) });
    expect(seen).toEqual([16, 20]); // 2^24 distances at a time
    expect(Math.max(...nearest.subarray(0, 18))).toBeLessThan(0.01);
  });
});

describe("coveredShare", () => {
  it("counts points in a ball", async () => {
    const share = await coveredShare(tf, Float32Array.of(0, 1.5, 3, 9), Float32Array.of(0, 4), Float32Array.of(1.6, 0.5), 1);
    expect(share).toBe(0.5);
  });
});

describe("precision and recall", () => {
  const size = 2;
  const real = Float32Array.from([...cloud("left", 150, size, -20), ...cloud("right", 150, size, 20)]);
  const supportOf = async (rows: Float32Array) => ({ rows, radii: await supportRadii(tf, rows, size) });
  const figuresOf = async (rows: Float32Array) => precisionRecall(tf, await supportOf(real), await supportOf(rows), size);

  it("are 1 for the real images themselves and 0 for entirely different ones", async () => {
    expect(await figuresOf(real)).toEqual({ precision: 1, recall: 1 });
    expect(await figuresOf(cloud("far", 300, size, 200))).toEqual({ precision: 0, recall: 0 });
  });

  it("distinguish a missing mode from wrong images", async () => {
    const missing = await figuresOf(cloud("other left", 300, size, -20));
    expect(missing.precision).toBeGreaterThan(0.9);
    expect(Math.abs(missing.recall - 0.5)).toBeLessThan(0.05);
    const wrong = Float32Array.from([...cloud("a", 100, size, -20), ...cloud("b", 100, size, 20), ...cloud("c", 100, size, 200)]);
    const { precision, recall } = await figuresOf(wrong);
    expect(Math.abs(precision - 2 / 3)).toBeLessThan(0.05);
    expect(recall).toBeGreaterThan(0.9);
  });
});
