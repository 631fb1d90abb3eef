/** What a plane shows at a noise level: particles, density, score and heat. */
import type { Point } from "./controls.ts";
import type { ParticleDenoiser, ParticleRun } from "./particles.ts";
import type { ArrowField, Move, Plane } from "./scene.ts";
import type { Density } from "./target.ts";

/** What a plane shows at a noise level. */
export interface Shown {
  readonly density: Density;
  readonly field?: ArrowField;
  readonly heat: number;
}

/** A run's particles, above density and score of the noise level that it has reached. `at`: what to show at a level. */
export class LevelPlane implements Plane {
  readonly marks: readonly Point[];
  readonly #run: ParticleRun;
  readonly #at: (sigma: number) => Shown;
  #sigma: number;
  #shown: Shown;

  constructor(run: ParticleRun, at: (sigma: number) => Shown, marks: readonly Point[] = []) {
    this.#run = run;
    this.#at = at;
    this.marks = marks;
    this.#sigma = run.sigma;
    this.#shown = at(run.sigma);
  }

  get particles(): Float32Array {
    return this.#run.x;
  }

  get density(): Density {
    return this.#now().density;
  }

  get field(): ArrowField | undefined {
    return this.#now().field;
  }

  get heat(): number {
    return this.#now().heat;
  }

  get move(): Move | undefined {
    return this.#run.move;
  }

  #now(): Shown {
    if (this.#run.sigma !== this.#sigma) {
      this.#sigma = this.#run.sigma;
      this.#shown = this.#at(this.#sigma);
    }
    return this.#shown;
  }
}

/**
 * Arrows of sigma score = (D - x) / sigma = v, drawn v / (1 + |v|) long: all directions remain visible, from near the
 * data to far away.
 */
export function scoreField(denoise: ParticleDenoiser, sigma: number): ArrowField {
  return (points, out) => {
    denoise(points, sigma, out);
    for (let i = 0; i < out.length; i += 2) {
      const x = (out[i] - points[i]) / sigma;
      const y = (out[i + 1] - points[i + 1]) / sigma;
      const length = 1 + Math.hypot(x, y);
      out[i] = x / length;
      out[i + 1] = y / length;
    }
  };
}

/** Where a number lies between two others on a logarithmic scale: 0 to 1. */
export const heatOf = (value: number, lowest: number, highest: number): number =>
  Math.min(1, Math.max(0, Math.log(value / lowest) / Math.log(highest / lowest)));
