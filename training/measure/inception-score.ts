/**
 * The Inception Score (Salimans et al. 2016), here on a data set's own classifier: exp of the mean over images of KL(p(y | x) || p(y)). From 1 (all images
 * alike to the classifier) to K (each image of one class without doubt, all classes equally often). `probabilities`: [N, K].
 */
export function inceptionScore(probabilities: Float32Array, classes: number): number {
  const count = probabilities.length / classes;
  const marginal = new Float64Array(classes);
  for (const [at, p] of probabilities.entries()) marginal[at % classes] += p / count;
  let divergence = 0;
  for (const [at, p] of probabilities.entries()) if (p > 0) divergence += (p * Math.log(p / marginal[at % classes])) / count;
  return Math.exp(divergence);
}
