/**
 * The operations of the score network. `scoreNetwork` (network.ts) calls nothing else, and every interpreter implements
 * this interface: a recorder of graphs (recorder.ts), from which the SIMD engine makes its program, tfjs tensors (training/),
 * ONNX nodes (model/onnx/).
 *
 * Shapes: B images, C channels, H x W pixels. A *map* is [B, C, H, W]; a *vector* is [B, D]. Each interpreter chooses
 * its own memory layout. Parameters are named by a stable path (`enc.1.0.conv0`), the same in checkpoint, ONNX
 * initializer and engine.
 */
export interface Ops<T> {
  // --- vectors -----------------------------------------------------------------------------------------------------
  /** a v + b, element by element. */
  affine(v: T, a: number, b: number): T;
  /** u v, element by element, of equal shapes. */
  product(u: T, v: T): T;
  /** 1 / sqrt(v), element by element; v > 0. */
  reciprocalSqrt(v: T): T;
  /** Natural logarithm, element by element; v > 0. */
  log(v: T): T;
  /** sqrt2 cos(2 pi (f_k v + p_k)): [B, 1] -> [B, features]; constants f `${path}.frequencies` and p `${path}.phases`. */
  fourier(v: T, path: string, features: number): T;
  /** W v with unit-norm rows, no bias: [B, inputs] -> [B, outputs]; parameter `path`, shape [outputs, inputs]. */
  linear(v: T, path: string, inputs: number, outputs: number): T;

  // --- maps and vectors --------------------------------------------------------------------------------------------
  /** Magnitude-preserving silu: x sigmoid(x) / SILU_NORM (Karras et al. 2024, eq. 81). */
  silu(x: T): T;
  /** ((1-t) a + t b) / mpSumNorm(t), of equal shapes (Karras et al. 2024, eq. 88). */
  mpSum(a: T, b: T, t: number): T;
  /** x times the learned scalar `path` (shape []). */
  gain(x: T, path: string): T;

  // --- maps --------------------------------------------------------------------------------------------------------
  /** x[b,c,h,w] v[b,c]; a vector of one element per image ([B, 1]) multiplies all channels alike. */
  modulate(x: T, v: T): T;
  /** a + b, of equal shapes. */
  add(a: T, b: T): T;
  /** 2x2 pixels into channels: [B, C, 2H, 2W] -> [B, 4C, H, W], channel (2 dy + dx) C + c. */
  spaceToDepth(x: T): T;
  /** The inverse of `spaceToDepth`. */
  depthToSpace(x: T): T;
  /** Appends one channel that is 1 everywhere: [B, C, H, W] -> [B, C + 1, H, W]. */
  appendOne(x: T): T;
  /** 2x2 average pooling: [B, C, 2H, 2W] -> [B, C, H, W]. */
  downsample(x: T): T;
  /** Nearest-neighbour up-sampling by 2: [B, C, H, W] -> [B, C, 2H, 2W]. */
  upsample(x: T): T;
  /**
   * Marks where a map becomes uint7. `path`: the convolution that reads it. In fp32 runs x is clipped to [-bound,
   * bound], if there is a bound; the codes of an int8 model saturate by themselves.
   */
  quantize(x: T, path: string, bound?: number): T;
  /**
   * Cross-correlation with unit-norm filters, zero padding (of `quantize`'s real-valued zero), stride 1, no bias;
   * parameter `path`, shape [outputs, inputs, kernel, kernel].
   */
  conv(x: T, path: string, shape: ConvShape): T;
}

/** Root mean square of silu(z) for standard normal z, to three digits (Karras et al. 2024, eq. 81). */
export const SILU_NORM = 0.596;

/** sqrt((1-t)^2 + t^2), the rms of (1-t) a + t b for independent a and b of rms 1. By products, since `**` is not exact. */
export const mpSumNorm = (t: number): number => Math.sqrt((1 - t) * (1 - t) + t * t);

export interface ConvShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: 1 | 3;
}
