import { describe, expect, it } from "vitest";
import { SAMPLERS, type SamplingDefaults } from "../../../wasm-model/card.ts";
import { ald } from "../../../wasm-model/sampler/ald.ts";
import { heun } from "../../../wasm-model/sampler/heun.ts";
import { createSampler, evaluations, MAX_EVALUATIONS } from "../../../wasm-model/sampler/index.ts";
import { ipndm } from "../../../wasm-model/sampler/ipndm.ts";
import { kinetic } from "../../../wasm-model/sampler/kinetic.ts";
import { langevin } from "../../../wasm-model/sampler/langevin.ts";
import { type Vectors, vectorsOf } from "../../../wasm-model/sampler/vectors.ts";
import { geometricSigmas, karrasSigmas } from "../../../wasm-model/schedule.ts";
import { drive, MIXTURE, mixtureDenoiser, seededNoise } from "./closed-form.ts";

const sampling: SamplingDefaults = {
  sampler: "langevin",
  steps: 8,
  sigmaMin: 0.05,
  sigmaMax: 20,
  rho: 7,
  churn: 0.85,
  extrapolation: 1.5,
  stepsPerLevel: 16,
  relativeStep: 0.2,
};
const batch = { images: 2, imageSize: 3, noise: seededNoise("a", "b") };
const denoise = mixtureDenoiser(MIXTURE);

describe("createSampler", () => {
  describe.each(SAMPLERS)("%s", (sampler) => {
    it.each([1, 2, 6])("takes as many evaluations as are told, at %i levels", (steps) => {
      let count = 0;
      const images = drive(createSampler(sampler, steps, sampling, batch), denoise, ({ x, sigma, level }) => {
        count++;
        expect(x).toHaveLength(6);
        expect(sigma).toBeGreaterThan(0);
        expect(level).toBeLessThan(steps);
      });
      expect(count).toBe(evaluations(sampler, steps, sampling));
      expect(images).toHaveLength(6);
      expect(images.every(Number.isFinite)).toBe(true);
    });

    it("leaves all arithmetic on its state to what is passed in", () => {
      const own = vectorsOf(batch);
      // Twice as much of everything that moves the state: another result, unless the sampler computes by itself.
      const doubled: Vectors = {
        ...own,
        contract: (x, centre, ratio) => own.contract(x, centre, 2 * ratio),
        addScaled: (x, z, scale) => own.addScaled(x, z, 2 * scale),
      };
      const images = (vectors?: Vectors) => drive(createSampler(sampler, 6, sampling, vectors ? { ...batch, vectors } : batch), denoise);
      expect(images(own)).toEqual(images());
      expect(images(doubled)).not.toEqual(images());
    });
  });

  it("hands the card's settings on", () => {
    const range = { steps: 5, sigmaMin: 0.05, sigmaMax: 20 };
    const byName = (name: (typeof SAMPLERS)[number]) => drive(createSampler(name, 5, sampling, batch), denoise);
    const multistep = { ...batch, sigmas: karrasSigmas({ ...range, rho: 7 }), churn: 0.85 };
    expect(byName("langevin")).toEqual(drive(langevin({ ...multistep, extrapolation: 1.5 }), denoise));
    expect(byName("cas")).toEqual(drive(langevin({ ...multistep, extrapolation: 1 }), denoise));
    expect(byName("euler")).toEqual(drive(langevin({ ...multistep, churn: 0, extrapolation: 1 }), denoise));
    const published = { ...batch, sigmas: geometricSigmas(range), stepsPerLevel: 16, epsilon: 0.2 * 0.05 * 0.05, finalDenoise: false };
    expect(byName("ald")).toEqual(drive(ald(published), denoise));
    const momentum = { ...batch, sigmas: geometricSigmas(range), stepsPerLevel: 16, timeStep: Math.sqrt(0.2), friction: 1 };
    expect(byName("kinetic")).toEqual(drive(kinetic(momentum), denoise));
    const deterministic = { ...batch, sigmas: karrasSigmas({ ...range, rho: 7 }) };
    expect(byName("heun")).toEqual(drive(heun(deterministic), denoise));
    expect(byName("ipndm3")).toEqual(drive(ipndm({ ...deterministic, order: 3 }), denoise));
    expect(byName("ipndm4")).toEqual(drive(ipndm({ ...deterministic, order: 4 }), denoise));
  });

  it("refuses more evaluations than allowed, at once", () => {
    expect(evaluations("ald", 62, sampling)).toBe(992);
    expect(() => createSampler("ald", 62, sampling, batch)).not.toThrow();
    expect(() => createSampler("ald", 63, sampling, batch)).toThrow(
      `Expected at most ${MAX_EVALUATIONS} network evaluations for \`steps\` but received 63 (1008 evaluations)`,
    );
  });

  it("refuses impossible levels, at once", () => {
    expect(() => createSampler("langevin", 0, sampling, batch)).toThrow("Expected an integer of at least 1 for `steps` but received 0");
  });
});
