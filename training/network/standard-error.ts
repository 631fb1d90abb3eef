/** When a difference of means is more than chance. */

export const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The standard error of the mean of these values; infinite for one value. */
export function standardError(values: readonly number[]): number {
  const count = values.length;
  if (count < 2) return Number.POSITIVE_INFINITY;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count * (count - 1)));
}

/**
 * How many standard errors a difference must have to be named: two, as if the errors were known. `freedom`: degrees of freedom
 * of the errors, as they are estimated; few make large differences likelier (Student's t by Cornish and Fisher, first term).
 * `of`: the difference is the largest of so many, and must be as unlikely for the whole (exp(-z^2 / 2) bounds a tail).
 */
export function errorsToName(freedom: number, of = 1): number {
  const z = Math.sqrt(2 ** 2 + 2 * Math.log(of));
  return z + (z ** 3 + z) / (4 * freedom);
}
