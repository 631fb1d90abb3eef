import { describe, expect, it } from "vitest";
import { autocorrelation, autocorrelationTime, plainPaths } from "../../worker/langevin/diagnostics.ts";
import { pathsOf } from "../../worker/langevin/dynamics.ts";
import { RandomNumbers } from "../../worker/langevin/random-numbers.ts";

/** x' = phi x + z: its correlations are phi^k, and tau = (1 + phi) / (1 - phi). */
function autoregression(phi: number, n: number): number[] {
  const random = new RandomNumbers("autoregression");
  let x = 0;
  return Array.from({ length: n }, () => (x = phi * x + random.gaussian()));
}

describe.each([0, 0.5, 0.9, -0.4])("an autoregression of phi = %d", (phi) => {
  const path = autoregression(phi, 40_000);

  it("has correlations phi^k", () => {
    for (const [lag, correlation] of autocorrelation(path, 10).entries()) expect(Math.abs(correlation - phi ** lag)).toBeLessThan(0.04);
  });

  it("takes (1 + phi) / (1 - phi) steps for one independent draw", () => {
    expect(Math.abs(autocorrelationTime(path) / ((1 + phi) / (1 - phi)) - 1)).toBeLessThan(0.12);
  });
});

describe("paths", () => {
  const components = [{ weight: 1, x: 0, y: 0, std: 1 }];
  const sigma = 0.5;
  const paths = plainPaths(() => components, { sigma, relativeStep: 0.4, seed: 1 });
  for (let i = 0; i < 6000; i++) paths.step();
  const readings = paths.readings();

  it("have the correlations of plain Langevin dynamics in a Gaussian, 1 - a / 2v, at a quarter, one and four times the step", () => {
    const variance = 1 + sigma * sigma;
    for (const [i, factor] of [0.25, 1, 4].entries()) {
      const a = factor * 0.4 * sigma * sigma;
      expect(readings[i].step).toBeCloseTo(factor * 0.4, 12);
      expect(Math.abs(readings[i].autocorrelation[1][1] - (1 - a / (2 * variance)))).toBeLessThan(0.03);
    }
  });

  it("are accepted more often and are less effective if the step is shorter", () => {
    const [short, middle, long] = readings;
    expect(short!.acceptance!).toBeGreaterThan(middle!.acceptance!);
    expect(middle!.acceptance!).toBeGreaterThan(long!.acceptance!);
    expect(short!.effective).toBeLessThan(middle!.effective);
    expect(middle!.effective).toBeLessThan(long!.effective);
    expect(long!.effective).toBeLessThan(1000);
  });
});

it("follows underdamped paths by BAOAB, whose variance in a harmonic well is exact at every step", () => {
  const temperature = 0.5;
  const landscape = {
    density: (x: number, y: number) => Math.exp(-(x * x + y * y) / (2 * temperature)),
    denoise: (_: Float32Array, __: number, out: Float32Array) => out.fill(0), // x - grad U
    sigma: Math.sqrt(temperature),
  };
  const paths = pathsOf({ dynamics: "kinetic", temperature, friction: 1, timeStep: 0.2, seed: 1 }, landscape, [0, 0]);
  const squares = [0, 0, 0];
  const steps = 20_000;
  for (let i = 0; i < steps; i++) {
    paths.step();
    if (i % 400 === 399)
      for (const [k, { trace }] of paths.readings().entries()) squares[k] += trace.reduce((sum, [, x]) => sum + x * x, 0);
  }
  for (const [k, { step, acceptance }] of paths.readings().entries()) {
    expect(step).toBeCloseTo([0.05, 0.2, 0.8][k], 12);
    expect(acceptance).toBeUndefined();
    // x^2 forgets within about 1 / step steps, so that so many squares are worth steps * step
    expect(Math.abs(squares[k] / steps / temperature - 1)).toBeLessThan(4 * Math.sqrt(2 / (steps * step)));
  }
});
