import type { Batch, Sampler } from "./sampler.ts";

/** The observed part of the images. */
export interface ObservedPart {
  /** y, [B, N]. Values at unobserved places are ignored. */
  readonly values: Float32Array;
  /** [B, N]: 1 = observed, 0 = to be generated. */
  readonly observed: Uint8Array;
}

/**
 * Inpainting with any sampler (Song & Ermon 2019, Algorithm 2): before each evaluation the observed values of the state
 * are overwritten with y + sigma z, with one z per level (draw `level`), and at the end with y. They are written into
 * the sampler's own array, as `Evaluation` allows, so that it continues from them. `noise` must be independent of the
 * sampler's noise.
 */
export function* inpaintingSampler(sampler: Sampler, { values, observed }: ObservedPart, { images, imageSize, noise }: Batch): Sampler {
  const renewed = new Float32Array(imageSize);
  const overwrite = (x: Float32Array, sigma: number, level: number): void => {
    for (let b = 0; b < images; b++) {
      if (sigma > 0) noise(b, level, renewed);
      for (let i = 0, at = b * imageSize; i < imageSize; i++, at++) {
        if (observed[at]) x[at] = values[at] + Math.fround(Math.fround(sigma) * renewed[i]);
      }
    }
  };
  let request = sampler.next();
  while (!request.done) {
    const { x, sigma, level } = request.value;
    overwrite(x, sigma, level);
    request = sampler.next(yield request.value);
  }
  overwrite(request.value, 0, 0);
  return request.value;
}
