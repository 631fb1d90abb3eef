/**
 * The score network: the only place that knows the architecture. A magnitude-preserving U-Net without normalization layers
 * (after Karras et al. 2024, "Analyzing and Improving the Training Dynamics of Diffusion Models", simplified), inside the preconditioning of
 * Karras et al. 2022, Table 1.
 *
 * B images, C image channels, H x W pixels, K classes.
 */
import { ModelError } from "./onnx/model-error.ts";
import type { ConvShape, Ops } from "./ops.ts";

export interface NetworkSpec {
  /** Image size in pixels; both divisible by 4. */
  readonly height: number;
  readonly width: number;
  /** Image channels C. */
  readonly channels: number;
  /** Number of classes K, at least 1. */
  readonly classes: number;
  /** Standard deviation of the training data, in units of the data range [-1, 1]. */
  readonly sigmaData: number;
  /** Feature channels at half and at quarter resolution. */
  readonly widths: readonly [number, number];
  /** Encoder blocks at half and at quarter resolution. */
  readonly encoderBlocks: readonly [number, number];
  /** Decoder blocks at half and at quarter resolution, at least 2 each: the skip enters at the second. */
  readonly decoderBlocks: readonly [number, number];
  /** Largest magnitude that a quantized convolution reads: what is beyond saturates. Without it none does; new networks have ACTIVATION_BOUND. */
  readonly bound?: number;
}

/** Maps have unit magnitude, so few values are cut off, and seven bits resolve those that are left the better. */
export const ACTIVATION_BOUND = 8;

export const PRESETS = {
  s32: { widths: [32, 64], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
  m32: { widths: [32, 96], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
  m48: { widths: [48, 96], encoderBlocks: [1, 1], decoderBlocks: [2, 2] },
  s64: { widths: [64, 128], encoderBlocks: [1, 2], decoderBlocks: [2, 2] },
} as const satisfies Record<string, Pick<NetworkSpec, "widths" | "encoderBlocks" | "decoderBlocks">>;

export type Preset = keyof typeof PRESETS;

/** Weight of the residual branch in a block and of a skip connection (mpSum's t). */
const RESIDUAL = 0.3;
const SKIP = 0.5;

export interface NetworkInput<T> {
  /** Noisy images [B, C, H, W], in units of the data range. */
  readonly x: T;
  /** Noise level of each image [B, 1], > 0. */
  readonly sigma: T;
  /** One-hot class [B, K]; zeros mean unconditional. */
  readonly label: T;
}

/**
 * D(x, sigma) = cSkip x + cOut F(cIn x, cNoise), the expected clean image: [B, C, H, W] (Karras et al. 2022, eq. 7).
 * cSkip = sd^2/(s^2+sd^2), cOut = s sd/sqrt(s^2+sd^2), cIn = 1/sqrt(s^2+sd^2), cNoise = ln(s)/4. Throws a ModelError for fewer than 2 decoder blocks at a resolution.
 */
export function scoreNetwork<T>(ops: Ops<T>, spec: NetworkSpec, { x, sigma, label }: NetworkInput<T>): T {
  const { sigmaData, decoderBlocks } = spec;
  if (Math.min(...decoderBlocks) < 2) {
    throw new ModelError(
      `Expected at least 2 decoder blocks at each resolution for \`spec.decoderBlocks\` but received ${decoderBlocks.join(", ")}`,
    );
  }
  const variance = sigmaData * sigmaData;
  const cIn = ops.reciprocalSqrt(ops.affine(ops.product(sigma, sigma), 1, variance));
  const cSkip = ops.affine(ops.product(cIn, cIn), variance, 0);
  const cOut = ops.affine(ops.product(sigma, cIn), sigmaData, 0);
  const output = body(ops, spec, ops.modulate(x, cIn), embedding(ops, spec, sigma, label));
  return ops.add(ops.modulate(x, cSkip), ops.modulate(output, cOut));
}

/**
 * u(sigma) [B, 1], the learned log-variance of the weighted loss at noise level sigma; it sees no class. Used in training only
 * (Karras et al. 2024, eq. 21).
 */
export function logVariance<T>(ops: Ops<T>, spec: NetworkSpec, sigma: T): T {
  const head = ops.linear(noiseFeatures(ops, spec, sigma), "logVariance", embeddingWidth(spec), 1);
  return ops.gain(head, "logVariance.gain");
}

const embeddingWidth = (spec: NetworkSpec): number => spec.widths[1];

function noiseFeatures<T>(ops: Ops<T>, spec: NetworkSpec, sigma: T): T {
  return ops.fourier(ops.affine(ops.log(sigma), 0.25, 0), "fourier", embeddingWidth(spec));
}

/** What the blocks know of noise level and class: [B, widths[1]]. */
function embedding<T>(ops: Ops<T>, spec: NetworkSpec, sigma: T, label: T): T {
  const width = embeddingWidth(spec);
  const noise = ops.linear(noiseFeatures(ops, spec, sigma), "emb.noise", width, width);
  const oneHot = ops.affine(label, Math.sqrt(spec.classes), 0);
  return ops.silu(ops.mpSum(noise, ops.linear(oneHot, "emb.class", spec.classes, width), 0.5));
}

/** F(x, emb): [B, C, H, W] -> [B, C, H, W]. It runs at half and quarter resolution. */
function body<T>(ops: Ops<T>, spec: NetworkSpec, x: T, emb: T): T {
  const [full, half] = spec.widths;
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

  const encoder = (h: T, level: 0 | 1): T => {
    for (let i = 0; i < spec.encoderBlocks[level]; i++) h = block(h, `enc.${level}.${i}`, spec.widths[level]);
    return h;
  };
  /** The second block of each level starts with the skip from that level's last encoder output. */
  const decoder = (h: T, level: 0 | 1, skip: T): T => {
    for (let i = 0; i < spec.decoderBlocks[level]; i++) {
      if (i === 1) h = ops.mpSum(h, skip, SKIP);
      h = block(h, `dec.${level}.${i}`, spec.widths[level]);
    }
    return h;
  };

  const image = ops.appendOne(ops.spaceToDepth(x));
  const skip0 = encoder(ops.conv(image, "in", { inputs: depth + 1, outputs: full, kernel: 3 }), 0);
  const skip1 = encoder(quantizedConv(ops.downsample(skip0), "down", full, half, 1), 1);
  const quarter = decoder(skip1, 1, skip1);
  const h = decoder(ops.upsample(quantizedConv(quarter, "up", half, full, 1)), 0, skip0);
  return ops.depthToSpace(ops.gain(quantizedConv(h, "out", full, depth, 3), "out.gain"));
}
