import { expect, it } from "vitest";
import { runSampler } from "../../wasm-model/sampling/sampler.ts";
import { langevin } from "../../wasm-model/sampling/samplers.ts";
import { mixtureDenoiser, mixtureDensity } from "../../worker/langevin/mixture.ts";
import { batchOf, ParticleRun } from "../../worker/langevin/particles.ts";
import { expectScore } from "./scenes/results.ts";

const TARGET = [
  { weight: 0.7, x: -1, y: 0.5, std: 0.2 },
  { weight: 0.3, x: 1, y: -0.5, std: 0.4 },
];
const SCHEDULE = { sigmas: [4, 1, 0.3, 0.1], churn: [0.5, 0.5, 0.5], extrapolation: [1.5, 1.5, 1] };
const denoise = mixtureDenoiser(TARGET);

it("Run: gives what runSampler gives, evaluation by evaluation", async () => {
  const run = new ParticleRun(langevin({ ...batchOf({ particles: 50, seed: 1 }), ...SCHEDULE }), denoise);
  for (const [evaluations, sigma] of SCHEDULE.sigmas.entries()) {
    expect([run.sigma, run.evaluations, run.done]).toEqual([sigma, evaluations, false]);
    run.step();
  }
  expect([run.evaluations, run.done]).toEqual([4, true]);
  run.step();
  expect(run.evaluations).toBe(4);
  const whole = await runSampler(langevin({ ...batchOf({ particles: 50, seed: 1 }), ...SCHEDULE }), (x, sigma) => {
    const out = new Float32Array(x.length);
    denoise(x, sigma, out);
    return out;
  });
  expect(run.x).toEqual(whole);
});

it.each([0.05, 0.3, 1, 4])("a mixture's denoiser has its density's score at sigma = %d", (sigma) => {
  const density = mixtureDensity(TARGET, sigma);
  const points = Float32Array.of(-1, 0.5, 0, 0, 0.2, -0.1, 2.5, -2.5, -0.9, 0.1);
  expect(density(points[0], points[1])).toBeGreaterThan(0);
  expectScore(mixtureDenoiser(TARGET), sigma, (x, y) => Math.log(density(x, y)), points);
});
