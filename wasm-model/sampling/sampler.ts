/**
 * A sampler is a generator: it yields noisy images, receives them denoised, and returns the final images. It uses no
 * network, I/O, clock or host. So the code that runs it may be synchronous or asynchronous, stop between two steps, or
 * show the images as they form.
 *
 * Arrays hold B images of N = C H W numbers, one after the other. All arrays are allocated before the first step.
 */

/** Fills `out` (N numbers) with standard Gaussians for one image: draw 0 is its initial noise, 1, 2, ... its fresh noise. */
export type Noise = (image: number, draw: number, out: Float32Array) => void;

/** The batch that a sampler generates. Each image has its own noise, so it does not depend on the rest of the batch. */
export interface Batch {
  /** B */
  readonly images: number;
  /** N */
  readonly imageSize: number;
  readonly noise: Noise;
  /** B N numbers: the images expected before the first evaluation, for a schedule with a start (gaussian-start.ts). */
  readonly expected?: Float32Array;
}

/** A network evaluation that a sampler asks for. */
export interface Evaluation {
  /**
   * The noisy images, B N numbers: the sampler's own array, valid until the next step. Denoisers and `onStep` only read
   * it. A wrapper of the sampler may overwrite numbers of it (`inpaintingSampler`): every sampler continues from what it finds
   * there.
   */
  readonly x: Float32Array;
  /** Their noise level, > 0. */
  readonly sigma: number;
  /** Its index, 0 is the noisiest. */
  readonly level: number;
}

/** Yields evaluations, receives D(x, sigma) for each, of which it copies what it needs later, and returns the images. */
export type Sampler = Generator<Evaluation, Float32Array, Float32Array>;

/**
 * D(x, sigma) for a batch of B images at one noise level. x: B*C*H*W values (image-major, then channel, row, column) in
 * units of the data range; sigma > 0; labels: B*K one-hot rows (zeros = unconditional). x is only read. The result has
 * the shape of x and is the caller's own: calls may overlap.
 */
export type Denoise = (x: Float32Array, sigma: number, labels: Float32Array) => Float32Array | Promise<Float32Array>;

/** The samplers' names. They are not in settings.ts, because the widget's script needs them without the schema. */
export const SAMPLERS = ["langevin", "ald", "heun"] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** The result of a step, for `onStep`. The arrays are valid during the call only. */
export interface Step extends Evaluation {
  /** Network evaluations so far, this one included. */
  readonly evaluations: number;
  /** D(x, sigma), the clean images as the network sees them now. */
  readonly denoised: Float32Array;
}

export interface RunOptions {
  /** The part of AbortSignal that is used. Aborts before the next evaluation, with the signal's reason. */
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
