/**
 * The score network: the only place that knows the architecture. A magnitude-preserving U-Net without normalization
 * layers (after Karras et al. 2024, "Analyzing and Improving the Training Dynamics of Diffusion Models", simplified),
 * inside the preconditioning of Karras et al. 2022, Table 1.
 *
 * B images, C image channels, H x W pixels, K classes.
 */

import { type ConvShape, mpSumNorm, type Ops } from "./ops.ts";
import type { NetworkSpec } from "./spec.ts";

/** Weight of the residual branch in a block, of a skip connection and of the class (mpSum's t). */
const RESIDUAL = 0.3;
const SKIP = 0.5;
const CLASS = 0.5;

export interface NetworkInput<T> {
  /** Noisy images [B, C, H, W], in units of the data range. */
  readonly x: T;
  /** Noise level of each image [B, 1], > 0. */
  readonly sigma: T;
  /** One-hot class [B, K]; zeros mean unconditional. */
  readonly label: T;
  /**
   * In training only: how the images were changed [B, CHANGES] (Karras et al. 2022, appendix F.2). Zeros, and none at
   * all, mean unchanged.
   */
  readonly change?: T | undefined;
}

/** Numbers that tell how a training image was changed. */
export const CHANGES = 7;

/**
 * D(x, sigma) = cSkip x + cOut F(cIn x, cNoise), the expected clean image: [B, C, H, W] (Karras et al. 2022, eq. 7).
 * cSkip = sd^2/(s^2+sd^2), cOut = s sd/sqrt(s^2+sd^2), cIn = 1/sqrt(s^2+sd^2), cNoise = ln(s)/4.
 */
export function scoreNetwork<T>(ops: Ops<T>, spec: NetworkSpec, { x, sigma, label, change }: NetworkInput<T>): T {
  const { sigmaData } = spec;
  const variance = sigmaData * sigmaData;
  const cIn = ops.reciprocalSqrt(ops.affine(ops.product(sigma, sigma), 1, variance));
  const cSkip = ops.affine(ops.product(cIn, cIn), variance, 0);
  const cOut = ops.affine(ops.product(sigma, cIn), sigmaData, 0);
  const output = body(ops, spec, ops.modulate(x, cIn), embedding(ops, spec, { sigma, label, change }));
  return ops.add(ops.modulate(x, cSkip), ops.modulate(output, cOut));
}

/** u(sigma) [B, 1], the learned log-variance of the weighted loss, in training only (Karras et al. 2024, eq. 21). */
export function logVariance<T>(ops: Ops<T>, spec: NetworkSpec, sigma: T): T {
  const head = ops.linear(noiseFeatures(ops, spec, sigma), "logVariance", embeddingWidth(spec), 1);
  return ops.gain(head, "logVariance.gain");
}

const embeddingWidth = (spec: NetworkSpec): number => spec.widths[spec.widths.length - 1];

function noiseFeatures<T>(ops: Ops<T>, spec: NetworkSpec, sigma: T): T {
  return ops.fourier(ops.affine(ops.log(sigma), 0.25, 0), "fourier", embeddingWidth(spec));
}

/** The embedding of noise level and class for all blocks: [B, the last of widths]. */
function embedding<T>(ops: Ops<T>, spec: NetworkSpec, { sigma, label, change }: Omit<NetworkInput<T>, "x">): T {
  const width = embeddingWidth(spec);
  const noise = ops.linear(noiseFeatures(ops, spec, sigma), "emb.noise", width, width);
  const sum = spec.unconditional ? withoutClass(ops, noise) : withClass(ops, spec, noise, label);
  if (change === undefined) return ops.silu(sum);
  return ops.silu(ops.add(sum, ops.linear(ops.affine(change, Math.sqrt(CHANGES), 0), "emb.change", CHANGES, width)));
}

function withClass<T>(ops: Ops<T>, spec: NetworkSpec, noise: T, label: T): T {
  const oneHot = ops.affine(label, Math.sqrt(spec.classes), 0);
  return ops.mpSum(noise, ops.linear(oneHot, "emb.class", spec.classes, embeddingWidth(spec)), CLASS);
}

/** `withClass` for a label of zeros. (Unit norm would leave a filter of one class nothing but its sign.) */
const withoutClass = <T>(ops: Ops<T>, noise: T): T => ops.affine(noise, (1 - CLASS) / mpSumNorm(CLASS), 0);

/** F(x, emb): [B, C, H, W] -> [B, C, H, W]. Level k = 0, 1, ... runs at 1 / 2^(k+1) of the image's size. */
function body<T>(ops: Ops<T>, spec: NetworkSpec, x: T, emb: T): T {
  const { widths } = spec;
  const depth = 4 * spec.channels;

  const quantizedConv = (h: T, path: string, inputs: number, outputs: number, kernel: ConvShape["kernel"]): T =>
    ops.conv(ops.quantize(h, path, spec.bound), path, { inputs, outputs, kernel });

  /** mpSum(x, conv1(silu(conv0(silu x) (1 + gain linear(emb))))). */
  const block = (h: T, path: string, width: number): T => {
    const modulation = ops.gain(ops.linear(emb, `${path}.emb`, embeddingWidth(spec), width), `${path}.gain`);
    let y = quantizedConv(ops.silu(h), `${path}.conv0`, width, width, 3);
    y = ops.modulate(y, ops.affine(modulation, 1, 1));
    y = quantizedConv(ops.silu(y), `${path}.conv1`, width, width, 3);
    return ops.mpSum(h, y, RESIDUAL);
  };

  /** Level k and all below it: the second decoder block starts with the skip from the last encoder output. */
  const level = (k: number, h: T): T => {
    const width = widths[k];
    for (let i = 0; i < spec.encoderBlocks[k]; i++) h = block(h, `enc.${k}.${i}`, width);
    const skip = h;
    if (k + 1 < widths.length) h = below(k + 1, h, width);
    for (let i = 0; i < spec.decoderBlocks[k]; i++) {
      if (i === 1) h = ops.mpSum(h, skip, SKIP);
      h = block(h, `dec.${k}.${i}`, width);
    }
    return h;
  };

  /** Level k with its resamplings from and to `outer` channels: `down` and `up` for level 1, `down.2` and `up.2` for level 2. */
  const below = (k: number, h: T, outer: number): T => {
    const suffix = k === 1 ? "" : `.${k}`;
    const inner = level(k, quantizedConv(ops.downsample(h), `down${suffix}`, outer, widths[k], 1));
    return ops.upsample(quantizedConv(inner, `up${suffix}`, widths[k], outer, 1));
  };

  const image = ops.appendOne(ops.spaceToDepth(x));
  const h = level(0, ops.conv(image, "in", { inputs: depth + 1, outputs: widths[0], kernel: 3 }));
  return ops.depthToSpace(ops.gain(quantizedConv(h, "out", widths[0], depth, 3), "out.gain"));
}
