import { expect, it } from "vitest";
import { mixtureDenoiser, mixtureDensity } from "../../worker/langevin/mixture.ts";
import { expectScore } from "./scenes/results.ts";

const TARGET = [
  { weight: 0.6, x: -1, y: 0.5, std: 0.2 },
  { weight: 0.3, x: 1, y: -0.5, std: 0.4 },
  { weight: 0.1, x: 0, y: 1.5, std: 0.1 },
];

it.each([0.05, 0.3, 1, 4])("a mixture's denoiser has its density's score at sigma = %d", (sigma) => {
  const density = mixtureDensity(TARGET, sigma);
  const points = Float32Array.of(-1, 0.5, 0, 0, 0.2, -0.1, 2.5, -2.5, -0.9, 0.1);
  expect(density(points[0], points[1])).toBeGreaterThan(0);
  expectScore(mixtureDenoiser(TARGET), sigma, (x, y) => Math.log(density(x, y)), points);
});
