/**
 * A small network for the plane, with its backward pass and Adam written out: layers 4 -> H -> H -> 2 with biases, H =
 * 48.
 *
 * Arrays hold one row per unit, with B numbers in it (B: points of the batch, at most BLOCK), in float64, which is what
 * JavaScript computes in.
 */

const SIZES = [4, 48, 48, 2] as const;
const LAYERS = SIZES.length - 1;
const UNITS = Math.max(...SIZES);
/** Factor of the first layer's starting weights. */
const GAIN = 3;
/** Points that are computed together: their activations stay in the processor's cache. */
export const BLOCK = 64;

/** Where each layer's weights begin: [outputs, inputs] and then the biases, layer after layer. */
const OFFSETS = [0, 1, 2, 3].map((layer) => SIZES.slice(0, layer).reduce((sum, inputs, i) => sum + (inputs + 1) * SIZES[i + 1], 0));
export const WEIGHTS = OFFSETS[LAYERS];

/** The derivative of `activate`. */
const derivative = (z: number): number => {
  const t = 1 / (1 + Math.abs(z));
  return (1 + z * t + z * t * t) / 2;
};

/**
 * Draws starting weights N(0, 2 / inputs), those of the first layer GAIN times as large, biases like their layer's
 * weights; all 0 in the last layer. So the first layer's bends lie all over the plane, and close enough for details.
 */
export function startingWeights(gaussian: () => number): Float64Array {
  const weights = new Float64Array(WEIGHTS);
  for (let layer = 0; layer < LAYERS - 1; layer++) {
    const std = (layer === 0 ? GAIN : 1) * Math.sqrt(2 / SIZES[layer]);
    for (let i = OFFSETS[layer]; i < OFFSETS[layer + 1]; i++) weights[i] = std * gaussian();
  }
  return weights;
}

const rows = (units: number) => Array.from({ length: units }, () => new Float64Array(BLOCK));

/** sums[p] += sum_i weights[w + i] rows[i][p]: four rows at a time, so that sums are read and written less often. */
function addRows(sums: Float64Array, rows: readonly Float64Array[], weights: Float64Array, w: number, B: number): void {
  for (let i = 0; i < rows.length; i += 4) {
    const [a, b, c, d] = [rows[i], rows[i + 1], rows[i + 2], rows[i + 3]];
    const [wa, wb, wc, wd] = [weights[w + i], weights[w + i + 1], weights[w + i + 2], weights[w + i + 3]];
    for (let p = 0; p < B; p++) sums[p] += wa * a[p] + wb * b[p] + wc * c[p] + wd * d[p];
  }
}

/** z (1 + s) / 2 with s = z / (1 + |z|): as smooth a step from 0 to z as SiLU, without exp. */
function activate(after: Float64Array, before: Float64Array, B: number): void {
  for (let p = 0; p < B; p++) {
    const z = before[p];
    after[p] = 0.5 * z * (1 + z / (1 + Math.abs(z)));
  }
}

/** Forward and backward passes for one block of points. Its arrays are overwritten by the next call. */
export class PlaneNetwork {
  /** The rows to fill before `forward`. */
  readonly input = rows(SIZES[0]);
  /** Before the activation, by layer; those of the last layer are the outputs. */
  readonly #before = SIZES.slice(1).map((units) => rows(units));
  readonly #after = SIZES.slice(1, -1).map((units) => rows(units));
  readonly #upstream = [rows(UNITS), rows(UNITS)] as const;

  /** The two rows of outputs for the first B columns of `input`. */
  forward(weights: Float64Array, B: number): readonly Float64Array[] {
    for (let layer = 0; layer < LAYERS; layer++) {
      const inputs = layer === 0 ? this.input : this.#after[layer - 1];
      const outputs = this.#before[layer];
      const count = inputs.length; // a multiple of 4
      for (const [o, sums] of outputs.entries()) {
        sums.fill(weights[OFFSETS[layer] + count * outputs.length + o], 0, B); // the bias
        addRows(sums, inputs, weights, OFFSETS[layer] + o * count, B);
      }
      const after = this.#after[layer];
      if (after) for (let o = 0; o < after.length; o++) activate(after[o], outputs[o], B);
    }
    return this.#before[LAYERS - 1];
  }

  /** Adds the weights' gradient to `gradient`, after `forward` of the same points. `upstream`: dLoss / dOutput, two rows. */
  backward(weights: Float64Array, upstream: readonly Float64Array[], gradient: Float64Array, B: number): void {
    let above: readonly Float64Array[] = upstream;
    for (let layer = LAYERS - 1; layer >= 0; layer--) {
      const inputs = layer === 0 ? this.input : this.#after[layer - 1];
      const count = inputs.length;
      const outputs = SIZES[layer + 1];
      const biases = OFFSETS[layer] + count * outputs;
      const below = this.#upstream[layer % 2];
      for (const row of below) row.fill(0, 0, B);
      for (let o = 0; o < outputs; o++) {
        const delta = above[o];
        for (let p = 0; p < B; p++) gradient[biases + o] += delta[p];
        for (let i = 0, w = OFFSETS[layer] + o * count; i < count; i++, w++) {
          const input = inputs[i];
          const back = below[i];
          const weight = weights[w];
          let sum = 0;
          for (let p = 0; p < B; p++) {
            sum += delta[p] * input[p];
            back[p] += weight * delta[p];
          }
          gradient[w] += sum;
        }
      }
      if (layer === 0) return;
      for (let i = 0; i < count; i++) {
        const before = this.#before[layer - 1][i];
        for (let p = 0; p < B; p++) below[i][p] *= derivative(before[p]);
      }
      above = below;
    }
  }
}

/** Adam (Kingma & Ba 2015, Algorithm 1) with beta = (0.9, 0.99). */
export class Adam {
  readonly #first = new Float64Array(WEIGHTS);
  readonly #second = new Float64Array(WEIGHTS);
  #steps = 0;

  step(weights: Float64Array, gradient: Float64Array, learningRate: number): void {
    const first = 1 - 0.9 ** ++this.#steps;
    const second = 1 - 0.99 ** this.#steps;
    for (let i = 0; i < WEIGHTS; i++) {
      const g = gradient[i];
      this.#first[i] = 0.9 * this.#first[i] + 0.1 * g;
      this.#second[i] = 0.99 * this.#second[i] + 0.01 * g * g;
      weights[i] -= (learningRate * (this.#first[i] / first)) / (Math.sqrt(this.#second[i] / second) + 1e-8);
    }
  }
}
