import { describe, expect, it } from "vitest";
import { ScoreMatching, sigmaDataOf } from "../../worker/langevin/score-matching.ts";

const ONE = [{ weight: 1, x: 0, y: 0, std: 1 }];
const LEVELS = { sigmaMin: 0.1, sigmaMax: 2 };
const SIGMAS = [0.1, 0.5, 2];

describe("score matching", () => {
  it("begins with cSkip x, which is exact for one Gaussian around the origin", () => {
    const x = Float32Array.of(0.3, -1, 2, 0.1);
    const out = new Float32Array(4);
    new ScoreMatching().denoise(x, 0.5, out, ONE);
    for (const [i, d] of out.entries()) expect(d).toBeCloseTo(x[i]! / 1.25, 6);
    expect(new ScoreMatching().excess(ONE, SIGMAS)).toBeLessThan(1e-12);
  });

  it("measures the spread of the data", () => {
    expect(sigmaDataOf(ONE)).toBe(1);
    expect(
      sigmaDataOf([
        { weight: 0.5, x: 2, y: 0, std: 0 },
        { weight: 0.5, x: 0, y: 2, std: 0 },
      ]),
    ).toBeCloseTo(Math.sqrt(2), 12);
  });

  it("learns the score of a mixture from its noisy points alone", () => {
    const target = [
      { weight: 0.5, x: -1, y: 0, std: 0.3 },
      { weight: 0.5, x: 1, y: 0, std: 0.3 },
    ];
    const training = new ScoreMatching();
    const before = training.excess(target, SIGMAS);
    for (let i = 0; i < 400; i++) training.train(target, LEVELS, 0.005);
    expect(training.steps).toBe(400);
    expect(training.excess(target, SIGMAS)).toBeLessThan(before / 5);
  });
});
