/** A picture in words, for those who cannot see it: "Sample of Bag, seed 7". `label`: its class, if it has one. */
export const titleOf = (label: string | undefined, seed: string): string => `${label ? `Sample of ${label}` : "Sample"}, seed ${seed}`;
