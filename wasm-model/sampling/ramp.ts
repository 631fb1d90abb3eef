/** A setting that may change over the steps of an image: one number for all of them, or the first step's and the last one's, linear in between. */
export type Ramp = number | readonly [first: number, last: number];

/** The number at a step, 0..steps-1. */
export function rampAt(ramp: Ramp, step: number, steps: number): number {
  if (typeof ramp === "number") return ramp;
  const [first, last] = ramp;
  return steps === 1 ? first : first + (step / (steps - 1)) * (last - first);
}
