/**
 * Adam (Kingma & Ba 2015) on all parameters of a network as one vector, and the average of the weights. Each step depends
 * on its number and the state alone, so a resumed run equals an uninterrupted one. The passes over the vectors are in
 * assembly/optimizer.ts.
 *
 * Filters are stored with unit root mean square, so that the learning rate keeps its meaning (Karras et al. 2024, section
 * 2.3). The network computes with filters of unit norm. The optimizer turns one into the other, and gradients back, so that
 * the network's step has no passes over its parameters.
 */
import type { Parameter } from "../../wasm-model/network/count.ts";
import { fromBase64 } from "../../wasm-model/schema/bytes.ts";
import { fromTensorLayout, type Parameters, toTensorLayout } from "../network/parameters.ts";
import { KERNELS } from "./dist/kernels.ts";
import type { TrainingRecipe } from "./recipe.ts";

const PAGE = 65536;
/** Bytes of an f32, and their number in a vector register. */
const [BYTES, LANES] = [4, 4];

export interface Shape {
  readonly path: string;
  /** In tfjs' layout: the last axis counts the filters. */
  readonly shape: readonly number[];
  /** Whether it has filters; gains are learned as they are. */
  readonly isFilter: boolean;
}

/** Where each parameter lies in a vector of all. */
export class Layout {
  readonly places: readonly (Shape & { readonly start: number; readonly size: number; readonly columns: number })[];
  /** A multiple of LANES. */
  readonly length: number;

  constructor(shapes: Iterable<Shape>) {
    let length = 0;
    this.places = Array.from(shapes, (shape) => {
      const size = shape.shape.reduce((product, n) => product * n, 1);
      const start = length;
      length += Math.ceil(size / LANES) * LANES;
      return { ...shape, start, size, columns: shape.isFilter ? shape.shape.at(-1)! : 0 };
    });
    this.length = length;
  }

  /** The parameters of a vector, which they share. */
  parts(vector: Float32Array): Map<string, Float32Array> {
    return new Map(this.places.map(({ path, start, size }) => [path, vector.subarray(start, start + size)]));
  }
}

/** The vectors that training changes: weights as they are stored, Adam's moments, and the average of the weights. */
const LEARNED = ["weights", "first", "second", "average"] as const;
export type Learned = (typeof LEARNED)[number];

/** Also the weights as the network computes with them, and the objective's gradient by these. */
type Vector = Learned | "unit" | "gradient";

interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  normalize(w: number, u: number, rows: number, columns: number, scratch: number, epsilon: number): void;
  throughNorm(w: number, g: number, rows: number, columns: number, scratch: number): void;
  adam(w: number, m: number, v: number, average: number, g: number, count: number, ...factors: number[]): void;
}

/**
 * The share of the weights of the step t, counted from 1, in a power-function average over the training time (Karras et
 * al. 2024, eq. 5): 1 - (1 - 1/t)^(gamma + 1). Its window grows with the run, with a half-life of about 0.04 t steps.
 * So it forgets the start, and no length has to be chosen.
 */
export const averageShare = (gamma: number, step: number): number => 1 - (1 - 1 / step) ** (gamma + 1);

export class Optimizer {
  private readonly kernels: Kernels;
  private readonly layout: Layout;
  /** The vectors' addresses. */
  private readonly addresses: Record<Vector, number>;
  private readonly scratch: number;

  /** All values are 0. */
  constructor(layout: Layout) {
    this.layout = layout;
    const module = new WebAssembly.Module(fromBase64(KERNELS));
    this.kernels = new WebAssembly.Instance(module).exports as Kernels;
    const bytes = layout.length * BYTES; // the module has no data of its own
    this.addresses = { weights: 0, first: bytes, second: 2 * bytes, average: 3 * bytes, unit: 4 * bytes, gradient: 5 * bytes };
    this.scratch = 6 * bytes;
    const end = this.scratch + 2 * Math.max(...layout.places.map(({ columns }) => columns)) * BYTES;
    this.kernels.memory.grow(Math.ceil(end / PAGE));
  }

  /** A vector's values: a view, which stays valid. */
  vector(name: Vector): Float32Array {
    return new Float32Array(this.kernels.memory.buffer, this.addresses[name], this.layout.length);
  }

  /** Takes these vectors from parameters in the layout of checkpoints. `known`: the network's. */
  goOnFrom(state: Readonly<Record<Learned, Parameters>>, known: ReadonlyMap<string, Parameter>): void {
    for (const name of LEARNED) {
      for (const [path, values] of this.layout.parts(this.vector(name)))
        values.set(toTensorLayout(state[name].get(path)!, known.get(path)!.shape));
    }
  }

  /** A copy of a vector as parameters in the layout of checkpoints. `known`: the network's. */
  parameters(name: Learned, known: ReadonlyMap<string, Parameter>): Parameters {
    const parts = this.layout.parts(this.vector(name));
    return new Map(Array.from(parts, ([path, values]) => [path, fromTensorLayout(values, known.get(path)!.shape)]));
  }

  /** w <- w / (RMS(w) + epsilon) for each filter. Returns `unit`, which becomes what the network computes with. */
  normalize(epsilon: number, name: Vector = "weights"): Float32Array {
    const { kernels, scratch, addresses } = this;
    const unit = this.vector("unit");
    unit.set(this.vector(name));
    for (const { start, size, columns } of this.filters())
      kernels.normalize(addresses[name] + start * BYTES, addresses.unit + start * BYTES, size / columns, columns, scratch, epsilon);
    return unit;
  }

  /** What a network of these weights computes with, in `unit`. They keep their values; the gradient's are lost. */
  unitOf(name: "weights" | "average", epsilon: number): Float32Array {
    this.vector("gradient").set(this.vector(name));
    return this.normalize(epsilon, "gradient");
  }

  /**
   * The step t, counted from 1: m <- b1 m + (1-b1) g, v <- b2 v + (1-b2) g^2, w <- w - lr (m / (1 - b1^t)) / (sqrt(v / (1 -
   * b2^t)) + epsilon), and the average. `gradient` has the gradient by `unit`.
   */
  step({ adam, averageGamma }: Pick<TrainingRecipe, "adam" | "averageGamma">, learningRate: number, t: number): void {
    const { kernels, scratch } = this;
    const { weights, first, second, average, gradient } = this.addresses;
    for (const { start, size, columns } of this.filters())
      kernels.throughNorm(weights + start * BYTES, gradient + start * BYTES, size / columns, columns, scratch);
    const { beta1, beta2, epsilon } = adam;
    const factors = [beta1, beta2, epsilon, learningRate / (1 - beta1 ** t), 1 / (1 - beta2 ** t), averageShare(averageGamma, t)];
    kernels.adam(weights, first, second, average, gradient, this.layout.length, ...factors);
  }

  private filters(): Layout["places"] {
    return this.layout.places.filter(({ isFilter }) => isFilter);
  }
}
