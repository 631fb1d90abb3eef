/**
 * Power-function average of the weights over the training time (Karras et al. 2024, eq. 5): its window grows with the run, about 0.04 t steps of
 * half-life, so it forgets the start and needs no length of its own.
 */

import type { Tf } from "../network/score-network.ts";
import type { Variables } from "./adam.ts";

/** average <- beta average + (1 - beta) weights with beta = (1 - 1/t)^(gamma + 1); `step` is t, counted from 1. */
export function averageStep(tf: Tf, average: Variables, weights: Variables, gamma: number, step: number): void {
  moveAverage(tf, average, weights, (1 - 1 / step) ** (gamma + 1));
}

/** average <- beta average + (1 - beta) weights. */
export function moveAverage(tf: Tf, average: Variables, weights: Variables, beta: number): void {
  for (const [path, mean] of average) {
    tf.tidy(() => {
      const w = weights.get(path);
      if (w === undefined) throw new Error(`Expected weights for \`${path}\``);
      mean.assign(tf.add(tf.mul(mean, beta), tf.mul(w, 1 - beta)));
    });
  }
}
