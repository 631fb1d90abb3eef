import { expect, it } from "vitest";
import { langevin } from "../../wasm-model/sampling/langevin.ts";
import { runSampler } from "../../wasm-model/sampling/sampler.ts";
import { mixtureDenoiser } from "../../worker/langevin/mixture.ts";
import { batchOf, ParticleRun } from "../../worker/langevin/particles.ts";

const TARGET = [
  { weight: 0.7, x: -1, y: 0.5, std: 0.2 },
  { weight: 0.3, x: 1, y: -0.5, std: 0.4 },
];
const SCHEDULE = { sigmas: [4, 1, 0.3, 0.1], churn: [0.5, 0.5, 0.5], extrapolation: [1.5, 1.5, 1] };
const denoise = mixtureDenoiser(TARGET);

it("n particles as one image: move as n images of two pixels do, bit for bit", () => {
  const n = 50;
  const whole = batchOf({ particles: n, seed: 1 });
  const run = new ParticleRun(langevin({ ...whole, ...SCHEDULE }), denoise);
  while (!run.done) run.step();

  const noise = (image: number, draw: number, out: Float32Array) => {
    const all = new Float32Array(2 * n);
    whole.noise(0, draw, all);
    out.set(all.subarray(2 * image, 2 * image + 2));
  };
  const images = new ParticleRun(langevin({ images: n, imageSize: 2, noise, ...SCHEDULE }), denoise);
  while (!images.done) images.step();
  expect(run.x).toEqual(images.x);
});

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
