/** The lines of a run's log. */

export interface AtStep {
  /** Steps done. */
  readonly step: number;
}

/** A line about the steps since the line before; all other lines are reports. */
export interface SpeedLine extends AtStep {
  readonly learningRate: number;
  readonly imagesPerSecond: number;
}
