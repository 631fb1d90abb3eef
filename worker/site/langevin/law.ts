/** The law that particles are to reach, and how near to it they are. */
import { type Density, distance, exactDistance, histogram, probabilities } from "./histogram.ts";
import { PARTICLES } from "./particles.ts";

export class Law {
  readonly density: Density;
  readonly cells: Float64Array;
  /** The mean distance of as many exact draws. */
  readonly exact: number;

  constructor(density: Density, particles = PARTICLES) {
    this.density = density;
    this.cells = probabilities(density);
    this.exact = exactDistance(this.cells, particles);
  }

  distanceOf(particles: Float32Array): number {
    return distance(histogram(particles), this.cells);
  }
}
