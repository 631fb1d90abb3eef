/**
 * P(X <= x) of a standard Gaussian, to about 1e-14 relative also in the tails: the oracle of random.ts and of the
 * samplers.
 */
export function gaussianCdf(x: number): number {
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  const a = Math.abs(x);
  if (a < 2.5) {
    // 1/2 + density (x + x^3/3 + x^5/(3 5) + ...)
    let term = x;
    let sum = x;
    for (let k = 1; k < 60; k++) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
  // Laplace's continued fraction: tail = density / (a + 1/(a + 2/(a + 3/(a + ...))))
  let fraction = a;
  for (let k = 200; k > 0; k--) fraction = a + k / fraction;
  return x < 0 ? density / fraction : 1 - density / fraction;
}
