/** Classifier-free guidance (Ho & Salimans 2022): a wrapper of the denoiser. */
import { evaluationSigmas, evaluations } from "./index.ts";
import type { Denoise } from "./sampler.ts";
import type { SamplerName, SamplingSettings } from "./settings.ts";
import { blend } from "./vectors.ts";

/** Network evaluations per image of a sampler with guidance: two where the noise level is guided, one elsewhere. */
export function guidedEvaluations(guidance: number, sampler: SamplerName, steps: number, sampling: SamplingSettings): number {
  const { guidanceSigmaMax = Infinity } = sampling;
  const plain = evaluations(sampler, steps, sampling);
  if (guidance === 1) return plain;
  if (guidanceSigmaMax === Infinity) return 2 * plain;
  return plain + evaluationSigmas(sampler, steps, sampling).filter((sigma) => sigma <= guidanceSigmaMax).length;
}

/**
 * D_uncond + w (D_cond - D_uncond) with w = `guidance`: two network evaluations, with and without the labels. Images
 * show their class more (w > 1) or less (w < 1) than without guidance. With w = 1, and at noise levels above `sigmaMax`
 * (Kynkäänniemi et al. 2024), it is `denoise` itself.
 */
export function guidedDenoiser(denoise: Denoise, guidance: number, sigmaMax = Infinity): Denoise {
  if (guidance === 1) return denoise;
  return (x, sigma, labels) => (sigma <= sigmaMax ? combined(x, sigma, labels) : denoise(x, sigma, labels));

  async function combined(x: Float32Array, sigma: number, labels: Float32Array): Promise<Float32Array> {
    const conditional = await denoise(x, sigma, labels);
    const unconditional = await denoise(x, sigma, new Float32Array(labels.length));
    blend(conditional, conditional, unconditional, guidance);
    return conditional;
  }
}
