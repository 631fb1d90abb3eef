/** Schedules of `langevin` for tests. */
import type { Schedule } from "../../wasm-model/sampling/settings.ts";

/** The same churn in all steps, the same extrapolation at all levels but the last one, as a model's grid has them. */
export function steadySchedule(sigmas: readonly number[], churn: number, extrapolation: number): Schedule {
  const inner = sigmas.slice(1);
  return { sigmas, churn: inner.map(() => churn), extrapolation: inner.map((_, i) => (i === inner.length - 1 ? 1 : extrapolation)) };
}
