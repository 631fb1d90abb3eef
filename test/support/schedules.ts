/** Schedules of `langevin` for tests. */
import type { Schedule, Start } from "../../wasm-model/sampling/settings.ts";

/** The same churn in all steps, the same extrapolation at all levels but the last one, as a model's grid has them. */
export function steadySchedule(sigmas: readonly number[], churn: number, extrapolation: number): Schedule {
  const inner = sigmas.slice(1);
  return { sigmas, churn: inner.map(() => churn), extrapolation: inner.map((_, i) => (i === inner.length - 1 ? 1 : extrapolation)) };
}

/**
 * A Gaussian start of 2x2 squares in three channels and three classes, whose means are 0, 1 and 2 and a hundredth more
 * from number to number.
 */
export function smallStart(): Start {
  const size = 12;
  return {
    ...{ squares: 2, spread: 1.5, extrapolation: 1.3 },
    means: [0, 1, 2].map((k) => Array.from({ length: size }, (_, f) => k + f / 100)),
    factor: Array.from({ length: (size * (size + 1)) / 2 }, (_, i) => Math.sin(i) / 10),
  };
}
