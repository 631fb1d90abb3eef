/**
 * How many distinct images a model draws, by the birthday paradox (Arora, Risteski and Zhang 2018, "Do GANs learn the distribution? Some theory and empirics",
 * section 3): if two random images are alike with probability q, then 1 / q is the number of distinct images, were all equally likely. Where some are likelier
 * than others there are more than that. The share of alike pairs among all pairs is an unbiased estimate of q (Simpson 1949).
 */

export interface Estimate {
  /** Pairs / alike pairs; undefined if no pair is alike. */
  readonly distinct: number | undefined;
  /** Ends of its 95 % interval. The upper one is undefined if no pair is alike. */
  readonly atLeast: number;
  readonly atMost: number | undefined;
}

/** 97.5 % quantile of the standard Gaussian. */
const Z = 1.96;

/** `alike`: the number of alike pairs among `count` images, as a Poisson variable, which it is as long as few images have a like. */
export function distinctImages(count: number, alike: number): Estimate {
  const pairs = (count * (count - 1)) / 2;
  const [low, high] = poissonInterval(alike);
  return { distinct: alike === 0 ? undefined : pairs / alike, atLeast: pairs / high, atMost: low === 0 ? undefined : pairs / low };
}

/** The 95 % interval of a Poisson mean of which `n` events were seen, by Byar's approximation (Breslow and Day 1987, equation 2.11), within 3 % of the exact one. */
function poissonInterval(n: number): readonly [number, number] {
  const bound = (events: number, z: number): number => events * (1 - 1 / (9 * events) + z / (3 * Math.sqrt(events))) ** 3;
  return [n === 0 ? 0 : Math.max(0, bound(n, -Z)), bound(n + 1, Z)];
}

/** Of `distinct` equally likely images, how many one draws until two are alike with probability 1/2: sqrt(2 ln 2 distinct). */
export const evenChance = (distinct: number): number => Math.sqrt(2 * Math.LN2 * distinct);
