/**
 * The second moments of what convolutions read. Rounding filters by them (quantize.ts) keeps the sums of inputs that go
 * together. If each weight were rounded to the nearest number, the errors of a filter would add up where its inputs are
 * alike, and plain areas would change their colour.
 */
import type { Parameter } from "../../wasm-model/network/count.ts";
import type { Size } from "../../wasm-model/network/spec.ts";
import { type RandomState, seedState, uniforms } from "../../wasm-model/sampling/random.ts";
import { fromBase64 } from "../../wasm-model/schema/bytes.ts";
import { KERNELS } from "./dist/kernels.ts";

/** Sum of p p^T over patches p of n = inputs kernel kernel values: [n, n], of which the upper triangle is filled. */
export type Moments = Float64Array;

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** assembly/moments.ts. */
  addProducts(...arguments_: [a: number, b: number, count: number, m: number, n: number, sums: number, ...extent: number[]]): void;
}

const PAGE = 65536;
/** Bytes of an f64. */
const BYTES = 8;
/** The kernel's matrices have a multiple of so many columns. */
const TILE = 4;
export const padded = (n: number): number => Math.ceil(n / TILE) * TILE;
/** Rows whose products are added at once: the kernel then reads and writes the sums once for all of them. */
export const BLOCK = 32;

/** The kernel with a memory of so many numbers. */
export function startKernel(numbers: number) {
  const module = new WebAssembly.Module(fromBase64(KERNELS));
  const kernel = new WebAssembly.Instance(module).exports as Kernel; // the module has no data of its own
  kernel.memory.grow(Math.ceil((numbers * BYTES) / PAGE));
  /** sums[i, j] += a[i] b[j] of `count` rows; matrices by the places of their first numbers. */
  const addProducts: Kernel["addProducts"] = (a, b, count, m, n, sums, ...extent) =>
    kernel.addProducts(a * BYTES, b * BYTES, count, m, n, sums * BYTES, ...extent);
  return { values: new Float64Array(kernel.memory.buffer), addProducts };
}

/** What is known of a convolution, and where its sums [n, n] and its waiting patches [BLOCK, n] begin; n is padded to a multiple of TILE. */
interface Place {
  readonly channels: number;
  readonly kernel: number;
  readonly n: number;
  readonly sums: number;
  readonly patches: number;
  waiting: number;
}

/** Sums over patches at random places of the maps that convolutions read. */
export class PatchMoments {
  private readonly size: Size;
  private readonly kernel: ReturnType<typeof startKernel>;
  private readonly places = new Map<string, Place>();
  private readonly state: RandomState;
  private call = 0;

  /** `seed`: of the random places. `size`: that of the network's image. `parameters`: among others those of the convolutions `paths`. */
  constructor(seed: string, size: Size, parameters: ReadonlyMap<string, Parameter>, paths: readonly string[]) {
    this.state = seedState(seed);
    this.size = size;
    let at = 0;
    for (const path of paths) {
      const [, channels, kernel] = parameters.get(path)!.shape;
      const n = padded(channels * kernel * kernel);
      this.places.set(path, { channels, kernel, n, sums: at, patches: at + n * n, waiting: 0 });
      at += n * (n + BLOCK);
    }
    this.kernel = startKernel(at);
  }

  /** Adds a patch of each image's map [C, H, W] that the convolution reads. */
  add(path: string, maps: Float32Array, images: number): void {
    const place = this.places.get(path)!;
    const size = maps.length / images;
    const pixels = size / place.channels;
    const random = new Float64Array(images);
    uniforms(this.state, this.call++, random);
    for (let b = 0; b < images; b++) {
      this.read(maps.subarray(b * size, (b + 1) * size), pixels, Math.floor(random[b] * pixels), place);
      if (++place.waiting === BLOCK) this.accumulate(place);
    }
  }

  /** The patch around a pixel; outside of the map it is 0. */
  private read(map: Float32Array, pixels: number, pixel: number, { channels, kernel, n, patches, waiting }: Place): void {
    const width = this.size.width * Math.sqrt(pixels / (this.size.width * this.size.height));
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    const height = pixels / width;
    const reach = (kernel - 1) / 2;
    let at = patches + waiting * n;
    for (let c = 0; c < channels; c++) {
      for (let row = y - reach; row <= y + reach; row++) {
        for (let column = x - reach; column <= x + reach; column++) {
          const isInside = row >= 0 && row < height && column >= 0 && column < width;
          this.kernel.values[at++] = isInside ? map[c * pixels + row * width + column] : 0;
        }
      }
    }
  }

  private accumulate(place: Place): void {
    const { n, sums, patches, waiting } = place;
    this.kernel.addProducts(patches, patches, waiting, n, n, sums, n, n, 1);
    place.waiting = 0;
  }

  momentsOf(path: string): Moments {
    const place = this.places.get(path)!;
    const { channels, kernel, n, sums } = place;
    this.accumulate(place);
    const inputs = channels * kernel * kernel;
    const moments = new Float64Array(inputs * inputs);
    for (let i = 0; i < inputs; i++) moments.set(this.kernel.values.subarray(sums + i * n, sums + i * n + inputs), i * inputs);
    return moments;
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
  const m = padded(n);
  const { values: left, addProducts } = startKernel(m * (m + BLOCK)); // what is left of -H, then rows of sqrt(D) U^T
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) left[i * m + j] = -moments[i * n + j];
  const scales = new Float64Array(n);
  for (let end = n; end > 0; end = BLOCK * Math.floor((end - 1) / BLOCK)) {
    const start = BLOCK * Math.floor((end - 1) / BLOCK);
    for (let j = end - 1; j >= start; j--) {
      const without = (i: number): number => {
        let sum = -left[i * m + j];
        for (let k = j + 1; k < end; k++) sum -= feedback[i * n + k] * scales[k] * feedback[j * n + k];
        return sum;
      };
      scales[j] = without(j) + (DAMPING * trace) / n;
      for (let i = 0; i < j; i++) feedback[i * n + j] = without(i) / scales[j];
    }
    for (let k = start; k < end; k++)
      for (let i = 0; i < start; i++) left[(m + k - start) * m + i] = Math.sqrt(scales[k]) * feedback[i * n + k];
    addProducts(m * m, m * m, end - start, m, m, 0, start, start, 1);
  }
  return feedback;
}
