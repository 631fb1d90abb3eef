import { describe, expect, it } from "vitest";
import { runSampler, type Step } from "../../../wasm-model/sampling/index.ts";
import { langevin } from "../../../wasm-model/sampling/samplers.ts";
import { seededNoise, steadySchedule } from "./closed-form.ts";

const sigmas = [4, 2, 1, 0.5];
const sampler = () => langevin({ images: 1, imageSize: 3, noise: seededNoise("run"), ...steadySchedule(sigmas, 0.5, 1.5) });
const denoise = (x: Float32Array, sigma: number) => x.map((value) => value / (1 + sigma));

describe("runSampler", () => {
  it("reports every step and waits for its listener", async () => {
    const steps: Pick<Step, "evaluations" | "level" | "sigma">[] = [];
    let last = new Float32Array();
    const images = await runSampler(sampler(), denoise, {
      onStep: async ({ evaluations, level, sigma, x, denoised }) => {
        expect(denoised).toEqual(denoise(x, sigma));
        await Promise.resolve();
        steps.push({ evaluations, level, sigma });
        last = denoised.slice();
      },
    });
    expect(steps).toEqual(sigmas.map((sigma, level) => ({ evaluations: level + 1, level, sigma })));
    expect(last).toEqual(images);
  });

  it("stops at an abort before the next evaluation, with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    let calls = 0;
    const counting = (x: Float32Array, sigma: number) => {
      calls++;
      return denoise(x, sigma);
    };
    const run = runSampler(sampler(), counting, {
      signal: controller.signal,
      onStep: ({ evaluations }) => {
        if (evaluations === 2) controller.abort(reason);
      },
    });
    await expect(run).rejects.toBe(reason);
    expect(calls).toBe(2);
  });
});
