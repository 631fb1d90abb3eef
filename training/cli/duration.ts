/** Times in words. */

/** "1 h 20 min", "20 min" or "20 s"; "-" where it is not known. */
export function durationOf(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** " in 1 h 20 min on <processor>", as far as it is known: seconds may be NaN. */
export const describeTraining = (seconds: number, processors: readonly string[]): string =>
  (Number.isNaN(seconds) ? "" : ` in ${durationOf(seconds)}`) + (processors.length > 0 ? ` on ${processors.join(" and ")}` : "");
