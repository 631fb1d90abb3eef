/**
 * What a sampler is: a generator that asks for denoised images and returns finished ones. It knows no network, I/O, clock or host; whoever
 * drives it (run.ts) may be synchronous or not, stop between two steps, or show the images as they form.
 *
 * B images of N = C H W numbers each lie one after the other in a Float32Array of B N. All arrays are made before the first step.
 */
/** Fills `out` (N numbers) with standard Gaussians for one image: draw 0 is its initial noise, 1, 2, ... its fresh noise. */
export type Noise = (image: number, draw: number, out: Float32Array) => void;

/** The batch that a sampler makes. Each image's noise is its own, so an image does not depend on its batch. */
export interface Batch {
  /** B */
  readonly images: number;
  /** N */
  readonly imageSize: number;
  readonly noise: Noise;
}

/** A network evaluation that a sampler asks for. */
export interface Evaluation {
  /**
   * The noisy images, B N numbers: the sampler's own array, valid until the next step. Denoisers and `onStep` only read it. A sampler around this one may set
   * numbers of it (inpaint.ts): every sampler goes on from what it finds there.
   */
  readonly x: Float32Array;
  /** Their noise level, > 0. */
  readonly sigma: number;
  /** Its index, 0 is the noisiest. */
  readonly level: number;
}

/** Yields evaluations, is handed D(x, sigma) for each (B N numbers; the sampler copies what it keeps) and returns the images. */
export type Sampler = Generator<Evaluation, Float32Array, Float32Array>;
