import type { Point } from "./controls.ts";
import type { Density } from "./histogram.ts";
import type { Run } from "./particles.ts";
import type { Field, Plane } from "./scene.ts";

/** What a plane shows at a noise level. */
interface Shown {
  readonly density: Density;
  readonly field?: Field;
  readonly heat: number;
}

/** A run's particles above law and score at the noise level that it has come to. `at`: these at a level. */
export class LevelPlane implements Plane {
  readonly marks: readonly Point[];
  readonly #run: Run;
  readonly #at: (sigma: number) => Shown;
  #sigma: number;
  #shown: Shown;

  constructor(run: Run, at: (sigma: number) => Shown, marks: readonly Point[] = []) {
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

  get field(): Field | undefined {
    return this.#now().field;
  }

  get heat(): number {
    return this.#now().heat;
  }

  #now(): Shown {
    if (this.#run.sigma !== this.#sigma) {
      this.#sigma = this.#run.sigma;
      this.#shown = this.#at(this.#sigma);
    }
    return this.#shown;
  }
}
