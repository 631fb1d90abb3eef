import { describe, expect, it } from "vitest";
import { mixtureDenoiser, mixtureDensity } from "../../worker/langevin/mixture.ts";

const TARGET = [
  { weight: 0.6, x: -1, y: 0.5, std: 0.2 },
  { weight: 0.3, x: 1, y: -0.5, std: 0.4 },
  { weight: 0.1, x: 0, y: 1.5, std: 0.1 },
];
const POINTS = Float32Array.of(-1, 0.5, 0, 0, 0.2, -0.1, 2.5, -2.5, -0.9, 0.1);

describe("mixtureDenoiser", () => {
  it.each([0.05, 0.3, 1, 4])("has the density's score, (D - x) / sigma^2 = grad log p, at sigma = %d", (sigma) => {
    const out = new Float32Array(POINTS.length);
    mixtureDenoiser(TARGET)(POINTS, sigma, out);
    // At sigma = 0.05 log p differs by thousands from place to place; here the density stays above the smallest
    // numbers.
    const log = (x: number, y: number) => Math.log(mixtureDensity(TARGET, sigma)(x, y));
    const h = 1e-4;
    for (let i = 0; i < POINTS.length; i += 2) {
      const [x, y] = [POINTS[i], POINTS[i + 1]];
      if (mixtureDensity(TARGET, sigma)(x, y) === 0) continue;
      const gradient = [(log(x + h, y) - log(x - h, y)) / (2 * h), (log(x, y + h) - log(x, y - h)) / (2 * h)];
      expect(Math.abs((out[i] - x) / sigma ** 2 - gradient[0])).toBeLessThan(1e-3 * (1 + Math.abs(gradient[0])));
      expect(Math.abs((out[i + 1] - y) / sigma ** 2 - gradient[1])).toBeLessThan(1e-3 * (1 + Math.abs(gradient[1])));
    }
  });
});
