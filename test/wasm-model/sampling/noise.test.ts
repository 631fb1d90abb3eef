import { describe, expect, it } from "vitest";
import { temperedNoise } from "../../../wasm-model/sampling/noise.ts";
import { ald, langevin } from "../../../wasm-model/sampling/samplers.ts";
import { drive, flowGrid, gaussianDenoiser, momentsOf, seededNoise, steadySchedule, unitNoise } from "./closed-form.ts";

const draw = (noise: ReturnType<typeof seededNoise>, index: number) => {
  const out = new Float32Array(8);
  noise(0, index, out);
  return out;
};

describe("temperature", () => {
  it("changes nothing at 1, and never the initial noise", () => {
    const noise = seededNoise("a");
    expect(temperedNoise(noise, 1)).toBe(noise);
    expect(draw(temperedNoise(noise, 0.3), 0)).toEqual(draw(noise, 0));
  });

  it.each([0.5, 1, 1.7])("%d is the temperature of Langevin dynamics' stationary distribution on a Gaussian", (temperature) => {
    const [s, sigma, steps] = [0.5, 0.3, 400];
    const noise = temperedNoise(unitNoise, temperature);
    const epsilon = 0.5 * sigma ** 2;
    const sampler = ald({ images: steps + 2, imageSize: 1, noise, sigmas: [sigma], stepsPerLevel: steps, epsilon });
    const { variance } = momentsOf(drive(sampler, gaussianDenoiser(0, s)));
    // Steps of a finite size widen it: the variance v of x <- (1 - a / (2 V)) x + sqrt(a T) z is T V / (1 - a / (4 V)),
    // V = s^2 + sigma^2.
    const exact = s ** 2 + sigma ** 2;
    expect(Math.abs(variance / ((temperature * exact) / (1 - epsilon / (4 * exact))) - 1)).toBeLessThan(1e-4);
  });

  it("at 0 gives gradient flow, with no fresh noise at all", () => {
    const options = { images: 10, imageSize: 1, ...steadySchedule(flowGrid(8), 0.8, 1.5) };
    const images = drive(langevin({ ...options, noise: temperedNoise(unitNoise, 0) }), gaussianDenoiser(0.2, 0.5));
    expect(new Set(images.subarray(1)).size).toBe(1); // images 1 to 9 have noise in draws 1 to 9 only
  });
});
