/** The law that particles are to reach, and how near to it they are. */
import { type Density, distance, exactDistance, histogram, probabilities, probabilitiesByRow } from "./histogram.ts";
import { PARTICLES } from "./particles.ts";

export class Law {
  readonly density: Density;
  readonly #particles: number;
  #cells: Float64Array | undefined;
  #exact: number | undefined;

  constructor(density: Density, particles = PARTICLES) {
    this.density = density;
    this.#particles = particles;
  }

  /** Computes the cells in parts. */
  *prepare(): Generator<void> {
    this.#cells ??= yield* probabilitiesByRow(this.density);
  }

  /** Probabilities of the cells, computed when they are first asked for, if they are not prepared. */
  get cells(): Float64Array {
    this.#cells ??= probabilities(this.density);
    return this.#cells;
  }

  /** The mean distance of as many exact draws. */
  get exact(): number {
    this.#exact ??= exactDistance(this.cells, this.#particles);
    return this.#exact;
  }

  distanceOf(particles: Float32Array): number {
    return distance(histogram(particles), this.cells);
  }
}
