/**
 * The unbiased squared maximum mean discrepancy of two sets of features with the cubic kernel k(x, y) = (x.y / F + 1)^3
 * (Binkowski et al. 2018, "Demystifying MMD GANs": the kernel inception distance). It suits sets of a few hundred, where
 * a Fréchet distance is biased. Two sets of one distribution have 0 in the mean, so it may be negative. Each feature is
 * scaled by its standard deviation over both sets, so that those of large numbers count no more than others. `length`: F;
 * each set holds at least two features.
 */
export function kernelDistance(a: Float32Array, b: Float32Array, length: number): number {
  const [scaledA, scaledB] = scaled(a, b, length);
  return within(scaledA, length) + within(scaledB, length) - 2 * mean(scaledA, scaledB, length, () => true);
}

/** Both sets, each feature at a mean of 0 and a standard deviation of 1 over both, each set counting as much as the other. */
function scaled(a: Float32Array, b: Float32Array, length: number): Float32Array[] {
  const [means, squares] = [new Float64Array(length), new Float64Array(length)];
  for (const set of [a, b]) {
    for (const [i, value] of set.entries()) {
      means[i % length] += (value * length) / set.length / 2;
      squares[i % length] += (value * value * length) / set.length / 2;
    }
  }
  const deviations = squares.map((square, k) => Math.sqrt(Math.max(square - means[k] ** 2, 0)));
  return [a, b].map((set) =>
    set.map((value, i) => (deviations[i % length] > 0 ? (value - means[i % length]) / deviations[i % length] : 0)),
  );
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
