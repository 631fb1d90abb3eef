/**
 * The unbiased squared maximum mean discrepancy of two sets of features with the cubic kernel k(x, y) = (x.y / F + 1)^3
 * (Binkowski et al. 2018, "Demystifying MMD GANs": the kernel inception distance). It suits sets of a few hundred, where
 * a Fréchet distance is biased. Two sets of one distribution have 0 in the mean, so it may be negative. `length`: F;
 * each set holds at least two features.
 */
export function kernelDistance(a: Float32Array, b: Float32Array, length: number): number {
  return within(a, length) + within(b, length) - 2 * mean(a, b, length, () => true);
}

/** The mean over pairs of two different features of one set. */
const within = (set: Float32Array, length: number): number => mean(set, set, length, (i, j) => i !== j);

function mean(a: Float32Array, b: Float32Array, length: number, counts: (i: number, j: number) => boolean): number {
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < a.length / length; i++) {
    for (let j = 0; j < b.length / length; j++) {
      if (!counts(i, j)) continue;
      let product = 0;
      for (let k = 0; k < length; k++) product += a[i * length + k] * b[j * length + k];
      sum += (product / length + 1) ** 3;
      pairs++;
    }
  }
  return sum / pairs;
}
