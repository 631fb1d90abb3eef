/**
 * The second moments of what convolutions read. Rounding filters by them (quantize.ts) keeps the sums of inputs that go
 * together. If each weight were rounded to the nearest number, the errors of a filter would add up where its inputs are
 * alike, and plain areas would change their colour.
 */
import type { Parameter } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { type RandomState, uniforms } from "../../wasm-model/sampling/random.ts";

/** Sum of p p^T over patches p of n = inputs kernel kernel values: [n, n], of which the upper triangle is filled. */
export type Moments = Float64Array;

type Size = Pick<NetworkSpec, "height" | "width">;

/** Sums over patches at random places of the maps that a convolution reads. `size`: that of the network's image. */
export class PatchMoments {
  readonly sum: Moments;
  private readonly patch: Float64Array;
  private readonly size: Size;
  private readonly channels: number;
  private readonly kernel: number;

  constructor(size: Size, { shape: [, channels, kernel] }: Parameter) {
    this.size = size;
    this.channels = channels;
    this.kernel = kernel;
    this.patch = new Float64Array(channels * kernel * kernel);
    this.sum = new Float64Array(this.patch.length ** 2);
  }

  /** Adds a patch of each image's map [C, H, W]; `call` numbers the random places. */
  add(maps: Float32Array, images: number, state: RandomState, call: number): void {
    const pixels = maps.length / images / this.channels;
    const width = this.size.width * Math.sqrt(pixels / (this.size.width * this.size.height));
    const places = new Float64Array(images);
    uniforms(state, call, places);
    for (let b = 0; b < images; b++) {
      this.read(maps.subarray(b * this.channels * pixels, (b + 1) * this.channels * pixels), pixels, width, Math.floor(places[b] * pixels));
      this.accumulate();
    }
  }

  /** The patch around a pixel; outside of the map it is 0. */
  private read(map: Float32Array, pixels: number, width: number, place: number): void {
    const { patch, channels, kernel } = this;
    const [y, x] = [Math.floor(place / width), place % width];
    const height = pixels / width;
    const reach = (kernel - 1) / 2;
    for (let i = 0, c = 0; c < channels; c++) {
      for (let row = y - reach; row <= y + reach; row++) {
        for (let column = x - reach; column <= x + reach; column++, i++) {
          const isInside = row >= 0 && row < height && column >= 0 && column < width;
          patch[i] = isInside ? map[c * pixels + row * width + column] : 0;
        }
      }
    }
  }

  private accumulate(): void {
    const { patch, sum } = this;
    const n = patch.length;
    for (let i = 0; i < n; i++) {
      const value = patch[i];
      if (value === 0) continue;
      for (let j = i; j < n; j++) sum[i * n + j] += value * patch[j];
    }
  }
}

/** Added to the diagonal, as a share of its mean, since patches are few and codes are rounded too. */
const DAMPING = 0.01;

/**
 * The part above the diagonal of U, unit upper triangular, in H + damping = U D U^T: [n, n]. An error e of weight k is
 * made up for best if weight j, which is rounded later, moves by e U[k, j] (Chee et al. 2023, "QuIP", section 3: LDLQ;
 * the same as Frantar et al. 2022, "GPTQ"). All zeros if the inputs are.
 */
export function feedbackOf(moments: Moments): Float64Array {
  const n = Math.sqrt(moments.length);
  const feedback = new Float64Array(moments.length);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += moments[i * n + i];
  if (trace === 0) return feedback;
  const scales = new Float64Array(n);
  const scaled = new Float64Array(n);
  for (let j = n - 1; j >= 0; j--) {
    let left = moments[j * n + j] + (DAMPING * trace) / n;
    for (let k = j + 1; k < n; k++) {
      scaled[k] = scales[k] * feedback[j * n + k];
      left -= scaled[k] * feedback[j * n + k];
    }
    scales[j] = left;
    for (let i = 0; i < j; i++) {
      let rest = moments[i * n + j];
      for (let k = j + 1; k < n; k++) rest -= feedback[i * n + k] * scaled[k];
      feedback[i * n + j] = rest / left;
    }
  }
  return feedback;
}
