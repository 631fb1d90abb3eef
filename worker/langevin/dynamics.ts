/** How particles in a potential move, underdamped by BAOAB or overdamped by Euler-Maruyama, both at sigma^2 = kT. */
import { ald } from "../../wasm-model/sampling/ald.ts";
import { kinetic } from "../../wasm-model/sampling/kinetic.ts";
import type { Sampler } from "../../wasm-model/sampling/sampler.ts";
import type { Point } from "./controls.ts";
import { Paths, walker } from "./diagnostics.ts";
import { batchOf, type Draws, ENDLESS, ParticleRun, type StepNoise } from "./particles.ts";
import type { Landscape } from "./walkers.ts";

interface Heat {
  readonly temperature: number;
  readonly friction: number;
}

export interface Dynamics {
  create(timeStep: number, draws: Draws, stream: string): Sampler;
  noise(timeStep: number, draws: Draws, stream: string): StepNoise;
}

/** x <- x - grad U dt / gamma + sqrt(2 kT dt / gamma) z: `ald` at sigma^2 = kT with a = 2 kT dt / gamma. */
export const eulerMaruyama = ({ temperature, friction }: Heat): Dynamics => {
  const stepSize = (timeStep: number) => (2 * temperature * timeStep) / friction;
  return {
    create: (timeStep, draws, stream) =>
      ald({ ...batchOf(draws, stream), sigmas: [Math.sqrt(temperature)], stepsPerLevel: ENDLESS, epsilon: stepSize(timeStep) }),
    noise: (timeStep, draws, stream) => ({ batch: batchOf(draws, stream), first: 1, scale: () => Math.sqrt(stepSize(timeStep)) }),
  };
};

/** `kinetic` is the physicist's BAOAB with momenta u = v / sqrt(kT) and unit mass. Noise comes in the middle of a step. */
export const baoab = ({ temperature, friction }: Heat): Dynamics => ({
  create: (timeStep, draws, stream) =>
    kinetic({ ...batchOf(draws, stream), sigmas: [Math.sqrt(temperature)], stepsPerLevel: ENDLESS, timeStep, friction }),
  noise: (timeStep, draws, stream) => ({
    batch: batchOf(draws, stream),
    first: 2,
    scale: (sigma) => (timeStep / 2) * sigma * Math.sqrt(-Math.expm1(-2 * friction * timeStep)),
  }),
});

interface PathSettings extends Heat {
  readonly dynamics: string;
  readonly timeStep: number;
  readonly seed: number;
}

/** A particle's paths, from a place. */
export function pathsOf(values: PathSettings, landscape: Landscape, start: Point): Paths {
  const { dynamics, timeStep, friction, temperature, seed } = values;
  const underdamped = (step: number) =>
    new ParticleRun(baoab(values).create(step, { particles: 1, seed }, "path"), landscape.denoise, { start: Float32Array.from(start) });
  const overdamped = (step: number) =>
    walker({ name: "plain", stepSize: Math.sqrt((2 * temperature * step) / friction) }, landscape, { start, seed });
  const isKinetic = dynamics === "kinetic";
  return new Paths({
    words: isKinetic
      ? "underdamped steps (BAOAB), which know no Metropolis test. Steps are in s."
      : "overdamped steps (Euler–Maruyama); acceptance is what a Metropolis test would do. Steps are in s.",
    mover: (factor) => (isKinetic ? underdamped : overdamped)(factor * timeStep),
    shown: (factor) => factor * timeStep,
  });
}
