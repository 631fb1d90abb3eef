/** Where a number lies between two others, by ratio: 0 to 1. */
export const heatOf = (value: number, lowest: number, highest: number): number =>
  Math.min(1, Math.max(0, Math.log(value / lowest) / Math.log(highest / lowest)));
