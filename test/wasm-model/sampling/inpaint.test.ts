import { describe, expect, it } from "vitest";
import { createSampler } from "../../../wasm-model/sampling/index.ts";
import { inpaintingSampler } from "../../../wasm-model/sampling/sampler.ts";
import { langevin } from "../../../wasm-model/sampling/samplers.ts";
import { SAMPLERS, type SamplingSettings } from "../../../wasm-model/sampling/settings.ts";
import { cardOf, TINY } from "../../support/random-model.ts";
import { drive, flowGrid, gaussianDenoiser, seededNoise, steadySchedule } from "./closed-form.ts";

const sampling: SamplingSettings = { ...cardOf(TINY).sampling, steps: 6, stepsPerLevel: 4 };
const batch = { images: 2, imageSize: 4, noise: seededNoise("a", "b") };
const values = Float32Array.from([0.1, 0.2, 0.3, 0.4, -0.1, -0.2, -0.3, -0.4]);
const observed = Uint8Array.from([1, 0, 1, 0, 0, 0, 0, 0]);
const noise = seededNoise("a/inpaint", "b/inpaint");

describe.each(SAMPLERS)("inpainted with %s", (name) => {
  it("shows the network observed numbers with noise of their level, and returns them unchanged", () => {
    const z = new Float32Array(4);
    const sampler = inpaintingSampler(createSampler(name, 6, sampling, batch), { values, observed }, { ...batch, noise });
    const images = drive(sampler, gaussianDenoiser(0, 0.5), ({ x, sigma, level }) => {
      noise(0, level, z);
      for (const i of [0, 2]) expect(x[i]).toBe(Math.fround(values[i] + Math.fround(Math.fround(sigma) * z[i])));
    });
    expect([images[0], images[2]]).toEqual([values[0], values[2]]);
    for (const i of [1, 3, 4, 5, 6, 7]) expect(images[i]).not.toBe(values[i]);
  });

  it("may set numbers in the sampler's own array, and the sampler continues from them", () => {
    const numberAfter = (set: number, evaluation: number): number => {
      const sampler = createSampler(name, 6, sampling, { ...batch, images: 1 });
      let request = sampler.next();
      for (let i = 0; !request.done; i++) {
        const { x } = request.value;
        if (i === evaluation + 1) return x[0];
        if (i === evaluation) x[0] = set;
        request = sampler.next(new Float32Array(4));
      }
      throw new Error("Expected another evaluation");
    };
    for (let evaluation = 0; evaluation < 4; evaluation++) expect(numberAfter(1, evaluation)).not.toBe(numberAfter(2, evaluation));
  });
});

it("draws from the conditional distribution: of two correlated numbers, the unobserved one follows the observed one", () => {
  const [pairs, rho, y] = [4000, 0.8, 0.9];
  const pair = { images: 1, imageSize: 2 * pairs, noise: seededNoise("pairs") };
  const known = { values: new Float32Array(2 * pairs).fill(y), observed: Uint8Array.from({ length: 2 * pairs }, (_, i) => (i + 1) % 2) };
  const sampler = inpaintingSampler(langevin({ ...pair, ...steadySchedule(flowGrid(400), 0.3, 1) }), known, {
    ...pair,
    noise: seededNoise("pairs/inpaint"),
  });
  let step = sampler.next();
  while (!step.done) {
    const { x, sigma } = step.value;
    const denoised = new Float32Array(x.length);
    for (let i = 0; i < x.length; i += 2) {
      // The numbers' sum and difference, over sqrt 2, are independent, of the variances 1 + rho and 1 - rho.
      const sum = ((1 + rho) / (1 + rho + sigma ** 2)) * (x[i] + x[i + 1]);
      const difference = ((1 - rho) / (1 - rho + sigma ** 2)) * (x[i] - x[i + 1]);
      denoised[i] = (sum + difference) / 2;
      denoised[i + 1] = (sum - difference) / 2;
    }
    step = sampler.next(denoised);
  }
  const images = step.value;
  const free = images.filter((_, i) => i % 2 === 1);
  const mean = free.reduce((sum, x) => sum + x, 0) / pairs;
  const variance = free.reduce((sum, x) => sum + (x - mean) ** 2, 0) / pairs;
  expect(Math.abs(mean - rho * y)).toBeLessThan(0.1);
  expect(Math.abs(variance / (1 - rho ** 2) - 1)).toBeLessThan(0.2);
});
