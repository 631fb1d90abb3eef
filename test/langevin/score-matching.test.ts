import { describe, expect, it } from "vitest";
import { type Component, mixtureDenoiser } from "../../worker/langevin/mixture.ts";
import { randomNumbers } from "../../worker/langevin/particles.ts";
import { scoreError, scoreMatching, sigmaDataOf } from "../../worker/langevin/score-matching.ts";

const ONE = [{ weight: 1, x: 0, y: 0, std: 1 }];
const learner = (components: readonly Component[]) =>
  scoreMatching(components, { sigmaMin: 0.1, sigmaMax: 2 }, 0.005, "langevin/score-matching");
const SIGMAS = [0.1, 0.5, 2];

/**
 * The loss above that of the exact denoiser, E |D - D_exact|^2 / cOut^2 over noisy points of the mixture at these levels.
 * The exact denoiser's own squared error is left out: no network can avoid it.
 */
function excess(training: ReturnType<typeof learner>, components: readonly Component[], sigmas: readonly number[]): number {
  const exact = mixtureDenoiser(components);
  const random = randomNumbers("held-out");
  const sigmaData = sigmaDataOf(components);
  let sum = 0;
  for (const sigma of sigmas) {
    const points = new Float32Array(256);
    for (let i = 0; i < points.length; i += 2) {
      const { x, y, std } = components[(i / 2) % components.length];
      points[i] = x + Math.hypot(std, sigma) * random.gaussian();
      points[i + 1] = y + Math.hypot(std, sigma) * random.gaussian();
    }
    const [learned, best] = [points.slice(), points.slice()];
    training.denoise(points, sigma, learned);
    exact(points, sigma, best);
    const cOut = (sigma * sigmaData) / Math.hypot(sigma, sigmaData);
    sum += learned.reduce((total, d, i) => total + ((d - best[i]) / cOut) ** 2, 0) / 128;
  }
  return sum / sigmas.length;
}

describe("score matching", () => {
  it("begins with cSkip x, which is exact for one Gaussian around the origin", () => {
    const x = Float32Array.of(0.3, -1, 2, 0.1);
    const out = new Float32Array(4);
    learner(ONE).denoise(x, 0.5, out);
    for (const [i, d] of out.entries()) expect(d).toBeCloseTo(x[i] / 1.25, 6);
    expect(excess(learner(ONE), ONE, SIGMAS)).toBeLessThan(1e-12);
  });

  it("learns the score of a mixture from its noisy points alone", () => {
    const target = [
      { weight: 0.5, x: -1, y: 0, std: 0.3 },
      { weight: 0.5, x: 1, y: 0, std: 0.3 },
    ];
    const training = learner(target);
    const before = excess(training, target, SIGMAS);
    for (let i = 0; i < 400; i++) for (const _ of training.train());
    expect(training.steps()).toBe(400);
    expect(excess(training, target, SIGMAS)).toBeLessThan(before / 5);
  });
});

describe("the error of a score", () => {
  /** Off by a constant vector (3, 4) / 100 right of x = 0. */
  const exact = mixtureDenoiser([{ weight: 1, x: -1, y: 0, std: 0.3 }]);
  const error = scoreError(
    (points, sigma, out) => {
      exact(points, sigma, out);
      for (let i = 0; i < out.length; i += 2) {
        if (points[i] <= 0) continue;
        out[i] += 0.03;
        out[i + 1] += 0.04;
      }
    },
    exact,
    0.1,
  );

  it("is |D - D_exact| / sigma, by places with and without data", () => {
    const { near, far } = error.byData((x) => (x > 0 ? 1 : 0));
    expect(near).toBeCloseTo(0.5, 5);
    expect(far).toBe(0);
    expect(error.everywhere).toBeCloseTo((0.5 * 12) / 25, 5);
  });
});
