import { expect, it } from "vitest";
import { randomNumbers } from "../../worker/langevin/particles.ts";
import { CELLS, distance, exactDistance, HALF, histogram, marginal, targetOf } from "../../worker/langevin/target.ts";
import { gaussianCdf } from "../wasm-model/sampling/closed-form.ts";

/** A Gaussian of the plane. */
const [MX, MY, STD] = [0.4, -0.7, 0.35];
const gaussian = (x: number, y: number) => Math.exp(-((x - MX) ** 2 + (y - MY) ** 2) / (2 * STD ** 2));

const probabilities = (density: (x: number, y: number) => number) => targetOf(density, 1).probabilities().cells;
const edge = (i: number) => -HALF + (2 * HALF * i) / CELLS;
const mass = (mean: number, i: number) => gaussianCdf((edge(i + 1) - mean) / STD) - gaussianCdf((edge(i) - mean) / STD);

it("probabilities: are integrals over the cells, and over the right half", () => {
  expect(targetOf(gaussian, 1).probabilities().rightHalf).toBeCloseTo(gaussianCdf(MX / STD), 3);
  const cells = probabilities(gaussian);
  expect(cells.length).toBe(CELLS * CELLS + 1);
  for (let row = 0; row < CELLS; row++) {
    for (let column = 0; column < CELLS; column++) {
      expect(Math.abs(cells[row * CELLS + column] - mass(MX, column) * mass(MY, row))).toBeLessThan(2e-4);
    }
  }
  expect(cells.at(-1)).toBeLessThan(1e-6);
  for (const [i, share] of marginal(cells).entries()) expect(Math.abs(share - mass(MX, i))).toBeLessThan(1e-3);
});

it("counts what lies outside the square, like the histogram of exact draws", () => {
  const wide = 1.8;
  const cells = probabilities((x, y) => Math.exp(-(x * x + y * y) / (2 * wide ** 2)));
  const inside = 2 * gaussianCdf(HALF / wide) - 1;
  expect(cells.at(-1)).toBeCloseTo(1 - inside ** 2, 2);
  const random = randomNumbers("exact draws");
  const n = 20_000;
  const draws = Float32Array.from({ length: 2 * n }, () => wide * random.gaussian());
  expect(distance(histogram(draws), cells) / exactDistance(cells, n)).toBeLessThan(1.15);
});

it("exactDistance: is exact for one coin, tossed once, twice and four times", () => {
  const coin = Float64Array.of(0.5, 0.5);
  // E |heads / n - 1/2|
  expect(exactDistance(coin, 1)).toBeCloseTo(1 / 2, 12);
  expect(exactDistance(coin, 2)).toBeCloseTo(1 / 4, 12);
  expect(exactDistance(coin, 4)).toBeCloseTo((2 * 1 * 0.5 + 8 * 0.25) / 16, 12);
});
