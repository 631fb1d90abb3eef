/** The reference: the network as plain loops in float64, int8 convolutions in integers as quantization.ts defines them. */

import { FINISHERS, type FinisherName } from "./finishers.ts";
import { scoreNetwork } from "./network.ts";
import { type ConvShape, mpSumNorm, type Ops, SILU_NORM } from "./ops.ts";
import { codeOf, type Quantizer, type Weights } from "./quantization.ts";
import { type NetworkSpec, RGB } from "./spec.ts";

/** A batch of maps [B, C, H, W] or vectors [B, D], row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** If set, `data` are codes. */
  readonly quantizer?: Quantizer;
}

/** The network of `spec` with `weights`, evaluated by plain loops, as a `Denoiser` (model/model.ts). */
export function referenceDenoiser(spec: NetworkSpec, weights: Weights) {
  return {
    spec,
    denoise(x: Float32Array, sigma: number, labels: Float32Array): Float32Array {
      const { channels, height, width, classes } = spec;
      const batch = x.length / (channels * height * width);
      const denoised = scoreNetwork(new ReferenceOps(weights), spec, {
        x: { shape: [batch, channels, height, width], data: Float64Array.from(x) },
        sigma: { shape: [batch, 1], data: new Float64Array(batch).fill(sigma) },
        label: { shape: [batch, classes], data: Float64Array.from(labels) },
      });
      return Float32Array.from(denoised.data);
    },
    dispose() {},
  };
}

/** A finisher with `weights`, evaluated by plain loops, of an image [3, H, W]. */
export function referenceFinisher(name: FinisherName, weights: Weights, height: number, width: number) {
  return (x: Float32Array): Float32Array => {
    const image = { shape: [1, RGB, height, width], data: Float64Array.from(x) };
    return Float32Array.from(FINISHERS[name](new ReferenceOps(weights), image).data);
  };
}

export class ReferenceOps implements Ops<Tensor> {
  readonly #weights: Weights;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  affine = (v: Tensor, a: number, b: number): Tensor => mapped(v, (value) => a * value + b);
  product = (u: Tensor, v: Tensor): Tensor => combined(u, v, (a, b) => a * b);
  reciprocalSqrt = (v: Tensor): Tensor => mapped(v, (value) => 1 / Math.sqrt(value));
  log = (v: Tensor): Tensor => mapped(v, Math.log);
  silu = (x: Tensor): Tensor => mapped(x, (value) => value / (1 + Math.exp(-value)) / SILU_NORM);
  add = (a: Tensor, b: Tensor): Tensor => combined(a, b, (p, q) => p + q);

  mpSum(a: Tensor, b: Tensor, t: number): Tensor {
    const norm = mpSumNorm(t);
    return combined(a, b, (p, q) => ((1 - t) * p + t * q) / norm);
  }

  gain(x: Tensor, path: string): Tensor {
    const [gain] = this.#floats(path);
    return mapped(x, (value) => value * gain);
  }

  fourier({ shape: [batch], data }: Tensor, path: string, features: number): Tensor {
    const frequencies = this.#floats(`${path}.frequencies`);
    const phases = this.#floats(`${path}.phases`);
    return filled([batch, features], (b, k) => {
      const turns = frequencies[k] * data[b] + phases[k];
      return Math.SQRT2 * Math.cos(2 * Math.PI * turns);
    });
  }

  linear({ shape: [batch], data }: Tensor, path: string, inputs: number, outputs: number): Tensor {
    const weights = this.#floats(path);
    return filled([batch, outputs], (b, o) => {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += weights[o * inputs + i] * data[b * inputs + i];
      return sum;
    });
  }

  modulate(x: Tensor, v: Tensor): Tensor {
    const perImage = v.shape[1] === 1;
    return filled(x.shape, (b, c, h, w) => at(x, b, c, h, w) * v.data[perImage ? b : b * v.shape[1] + c]);
  }

  spaceToDepth(x: Tensor): Tensor {
    const [batch, channels, height, width] = x.shape as Shape4;
    return filled([batch, 4 * channels, height / 2, width / 2], (b, c, h, w) => {
      const offset = Math.floor(c / channels);
      return at(x, b, c % channels, 2 * h + (offset >> 1), 2 * w + (offset & 1));
    });
  }

  depthToSpace(x: Tensor): Tensor {
    const [batch, depth, height, width] = x.shape as Shape4;
    const channels = depth / 4;
    return filled([batch, channels, 2 * height, 2 * width], (b, c, h, w) => {
      const offset = 2 * (h % 2) + (w % 2);
      return at(x, b, offset * channels + c, h >> 1, w >> 1);
    });
  }

  appendOne(x: Tensor): Tensor {
    const [batch, channels, height, width] = x.shape as Shape4;
    return filled([batch, channels + 1, height, width], (b, c, h, w) => (c === channels ? 1 : at(x, b, c, h, w)));
  }

  downsample(x: Tensor): Tensor {
    const [batch, channels, height, width] = x.shape as Shape4;
    return filled([batch, channels, height / 2, width / 2], (b, c, h, w) => {
      const top = at(x, b, c, 2 * h, 2 * w) + at(x, b, c, 2 * h, 2 * w + 1);
      const bottom = at(x, b, c, 2 * h + 1, 2 * w) + at(x, b, c, 2 * h + 1, 2 * w + 1);
      return (top + bottom) / 4;
    });
  }

  upsample(x: Tensor): Tensor {
    const [batch, channels, height, width] = x.shape as Shape4;
    return filled([batch, channels, 2 * height, 2 * width], (b, c, h, w) => at(x, b, c, h >> 1, w >> 1));
  }

  quantize(x: Tensor, path: string, bound = Infinity): Tensor {
    const quantizer = this.#weights.convolutions.get(path)?.input;
    if (quantizer) return { ...mapped(x, (value) => codeOf(value, quantizer)), quantizer };
    return mapped(x, (value) => Math.min(Math.max(value, -bound), bound));
  }

  /** Without a quantizer the values themselves serve as codes: scale 1, zero point 0. */
  conv(x: Tensor, path: string, { inputs, outputs, kernel }: ConvShape): Tensor {
    const [batch, , height, width] = x.shape as Shape4;
    const quantized = this.#weights.convolutions.get(path);
    const weights = quantized?.weights ?? this.#floats(path);
    const { scale, zeroPoint } = x.quantizer ?? { scale: 1, zeroPoint: 0 };
    const border = (kernel - 1) / 2;
    return filled([batch, outputs, height, width], (b, o, h, w) => {
      let sum = 0;
      for (let i = 0; i < inputs; i++) {
        for (let dy = 0; dy < kernel; dy++) {
          for (let dx = 0; dx < kernel; dx++) {
            const row = h + dy - border;
            const column = w + dx - border;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const value = x.data[((b * inputs + i) * height + row) * width + column];
            sum += (value - zeroPoint) * weights[((o * inputs + i) * kernel + dy) * kernel + dx];
          }
        }
      }
      return sum * scale * (quantized?.scales[o] ?? 1);
    });
  }

  #floats(path: string): Float32Array {
    const values = this.#weights.floats.get(path);
    if (!values) throw new Error(`Expected a value for the parameter \`${path}\` but received none`);
    return values;
  }
}

type Shape4 = readonly [number, number, number, number];

function at({ shape, data }: Tensor, b: number, c: number, h: number, w: number): number {
  const [, channels, height, width] = shape as Shape4;
  return data[((b * channels + c) * height + h) * width + w];
}

/** A tensor made element by element; a vector [B, D] is visited as [B, D, 1, 1]. */
function filled(shape: readonly number[], value: (b: number, c: number, h: number, w: number) => number): Tensor {
  const [batch, channels, height = 1, width = 1] = shape as Shape4;
  const data = new Float64Array(batch * channels * height * width);
  let index = 0;
  for (let b = 0; b < batch; b++) {
    for (let c = 0; c < channels; c++) {
      for (let h = 0; h < height; h++) {
        for (let w = 0; w < width; w++) data[index++] = value(b, c, h, w);
      }
    }
  }
  return { shape, data };
}

const mapped = ({ shape, data }: Tensor, f: (value: number) => number): Tensor => ({ shape, data: data.map((value) => f(value)) });

const combined = ({ shape, data }: Tensor, { data: other }: Tensor, f: (a: number, b: number) => number): Tensor => ({
  shape,
  data: data.map((value, i) => f(value, other[i])),
});
