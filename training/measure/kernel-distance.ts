/**
 * Kernel distance between two sets of features (Binkowski et al. 2018): the squared maximum mean discrepancy with the
 * kernel k(x, y) = (x'y / F + 1)^3. It is unbiased, so small sets of a hundred rows only make it noisier. A Fréchet
 * distance would need more than F rows for its covariance. N rows of F numbers.
 */
import type * as TF from "@tensorflow/tfjs";
import type { Tf } from "../network/score-network.ts";

export class KernelDistance {
  private readonly tf: Tf;
  private readonly size: number;
  private readonly mean: Float32Array;
  private readonly scale: Float32Array;
  private readonly reference: Float32Array;
  private readonly self: number;

  /**
   * `reference`: at least two rows of `size` numbers. They are scaled to mean 0 and variance 1; the rows compared with
   * them are scaled likewise.
   */
  constructor(tf: Tf, reference: Float32Array, size: number) {
    this.tf = tf;
    this.size = size;
    const count = reference.length / size;
    this.mean = new Float32Array(size);
    this.scale = new Float32Array(size);
    for (let f = 0; f < size; f++) {
      let [sum, squares] = [0, 0];
      for (let at = f; at < reference.length; at += size) sum += reference[at] / count;
      for (let at = f; at < reference.length; at += size) squares += (reference[at] - sum) ** 2 / count;
      this.mean[f] = sum;
      this.scale[f] = squares > 0 ? 1 / Math.sqrt(squares) : 0; // constant features tell nothing
    }
    this.reference = this.standardized(reference);
    this.self = this.meanKernel(this.reference);
  }

  /**
   * Distance from the reference to at least two rows; for rows of the same distribution it is about 0 and may be
   * negative.
   */
  of(rows: Float32Array): number {
    const own = this.standardized(rows);
    return this.meanKernel(own) + this.self - 2 * this.meanKernel(own, this.reference);
  }

  private standardized(rows: Float32Array): Float32Array {
    return rows.map((value, at) => (value - this.mean[at % this.size]) * this.scale[at % this.size]);
  }

  /** Mean of k over all pairs of rows of a and b or, without b, over the pairs of different rows of a. */
  private meanKernel(a: Float32Array, b?: Float32Array): number {
    const { tf, size } = this;
    const kernel = (products: TF.Tensor): TF.Tensor => tf.pow(tf.add(tf.div(products, size), 1), 3);
    const count = a.length / size;
    const sum = tf.tidy(() => {
      const rows = tf.tensor2d(a, [count, size]);
      const others = b ? tf.tensor2d(b, [b.length / size, size]) : rows;
      const all = tf.sum(tf.mean(kernel(tf.matMul(rows, others, false, true)), 1));
      return b ? all : tf.sub(all, tf.div(tf.sum(kernel(tf.sum(tf.square(rows), 1))), count));
    });
    const [value] = sum.dataSync();
    sum.dispose();
    return value / (b ? count : count - 1);
  }
}
