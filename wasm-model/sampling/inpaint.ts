import type { Batch, Sampler } from "./sampler.ts";

/** What is known of the images that a sampler makes. */
export interface Observation {
  /** y, N numbers of each of the B images; those at unobserved places do not matter. */
  readonly values: Float32Array;
  /** B N marks: 1 = observed, 0 = to be made up. */
  readonly observed: Uint8Array;
}

/**
 * A sampler whose images agree with what is observed of them (Song & Ermon 2019, Algorithm 2): before each evaluation the observed numbers of its state
 * become y + sigma z, with one z per level (draw `level`), in the end y itself; the rest follows them as the network sees fit. They are set in the
 * sampler's own array, as `Evaluation` allows, since it has to go on from them. `noise` must be independent of the sampler's own.
 */
export function* inpainted(sampler: Sampler, { values, observed }: Observation, { images, imageSize, noise }: Batch): Sampler {
  const renewed = new Float32Array(imageSize);
  const overwrite = (x: Float32Array, sigma: number, level: number): void => {
    for (let b = 0; b < images; b++) {
      if (sigma > 0) noise(b, level, renewed);
      for (let i = 0, at = b * imageSize; i < imageSize; i++, at++) {
        if (observed[at]) x[at] = values[at]! + Math.fround(Math.fround(sigma) * renewed[i]!);
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
