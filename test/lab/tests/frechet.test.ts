import { Matrix } from "ml-matrix";
import { expect, it } from "vitest";
import { frechetDistance, type Moments, momentsOf } from "../quality.ts";

const gaussian = (mean: readonly number[], covariance: readonly (readonly number[])[]): Moments => ({
  mean: Float64Array.from(mean),
  covariance: new Matrix(covariance.map((row) => [...row])),
});

/** A rotation in the plane, turned through the matrix of a diagonal one. */
function rotated(angle: number, [a, b]: readonly [number, number]): number[][] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [
    [c * c * a + s * s * b, c * s * (a - b)],
    [c * s * (a - b), s * s * a + c * c * b],
  ];
}

it("the distance of two Gaussians whose covariances do not commute is the closed form for 2 x 2 matrices", () => {
  const [first, second] = [rotated(0, [4, 1]), rotated(1.1, [3, 0.5])];
  // tr (A B)^(1/2) = sqrt(tr(A B) + 2 sqrt(det(A B)))
  const trace = first[0][0] * second[0][0] + first[0][1] * second[1][0] + first[1][0] * second[0][1] + first[1][1] * second[1][1];
  const overlap = Math.sqrt(trace + 2 * Math.sqrt(4 * 1.5));
  expect(frechetDistance(gaussian([0, 0], first), gaussian([3, 4], second))).toBeCloseTo(25 + 5 + 3.5 - 2 * overlap, 10);
});

it("momentsOf are the sample's own", () => {
  const { mean, covariance } = momentsOf(Float32Array.of(1, 2, 3, 2, 5, 8), 2);
  expect([...mean]).toEqual([3, 4]);
  expect(covariance.to2DArray()).toEqual([
    [4, 6],
    [6, 12],
  ]);
});
