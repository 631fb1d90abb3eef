/** Classifier-free guidance (Ho & Salimans 2022): a wrapper of the denoiser. */
import type { Denoiser } from "./runtime/denoiser.ts";
import { blend } from "./sampler/vectors.ts";

type Denoise = Denoiser["denoise"];

/** Network evaluations for one guided one. */
export const guidedEvaluations = (guidance: number): number => (guidance === 1 ? 1 : 2);

/**
 * D_uncond + w (D_cond - D_uncond) with w = `guidance`: two network evaluations, with the labels and without, for images that show their class more (w > 1) or
 * less (w < 1) than the model has learned. With w = 1 it is `denoise` itself.
 */
export function guided(denoise: Denoise, guidance: number): Denoise {
  if (guidance === 1) return denoise;
  const combine = (conditional: Float32Array, unconditional: Float32Array): Float32Array => {
    blend(conditional, conditional, unconditional, guidance);
    return conditional;
  };
  return (x, sigma, labels) => {
    const none = new Float32Array(labels.length);
    const conditional = denoise(x, sigma, labels);
    if (conditional instanceof Float32Array) {
      const kept = conditional.slice(); // the next call may overwrite it
      return combine(kept, denoise(x, sigma, none) as Float32Array);
    }
    return conditional.then(async (kept) => combine(kept, await denoise(x, sigma, none)));
  };
}
