import type { Evaluation, Sampler } from "./sampler.ts";

/** The result of a step, for `onStep`. The arrays are valid during the call only. */
export interface Step extends Evaluation {
  /** Network evaluations so far, this one included. */
  readonly evaluations: number;
  /** D(x, sigma), the clean images as the network sees them now. */
  readonly denoised: Float32Array;
}

export interface RunOptions {
  /**
   * Aborts before the next evaluation: the promise is rejected with the signal's reason. (The part of AbortSignal that
   * is used.)
   */
  readonly signal?: { throwIfAborted(): void } | undefined;
  /**
   * Called after each evaluation and awaited. To stay responsive with a synchronous denoiser, a host returns a promise
   * that resolves in a later turn of its event loop.
   */
  readonly onStep?: ((step: Step) => void | Promise<void>) | undefined;
}

/** Runs a sampler to its end with `denoise(x, sigma)`, synchronous or not, and returns the images. */
export async function runSampler(
  sampler: Sampler,
  denoise: (x: Float32Array, sigma: number) => Float32Array | Promise<Float32Array>,
  { signal, onStep }: RunOptions = {},
): Promise<Float32Array> {
  signal?.throwIfAborted();
  let request = sampler.next();
  for (let evaluations = 1; !request.done; evaluations++) {
    const denoised = await denoise(request.value.x, request.value.sigma);
    await onStep?.({ ...request.value, evaluations, denoised });
    signal?.throwIfAborted();
    request = sampler.next(denoised);
  }
  return request.value;
}
