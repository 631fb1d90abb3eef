/** The frames of an animation of the annealing. */

import type { ModelCard } from "../model/card.ts";
import { columnsOf, type Settings } from "../request/resolve.ts";
import { evaluations, type Step } from "../sampling/index.ts";
import { grid } from "./image/grid.ts";
import type { OwnPixels } from "./image/png.ts";
import { noisyImage, toImage } from "./look.ts";

/**
 * Collects F frames of each image: F - 1 during the annealing, evenly spaced, and the final one. Images are drawn one
 * after the other.
 */
export class Frames {
  /** Numbers of evaluations after which a frame is taken. */
  readonly #moments: readonly number[];
  /** By frame, then by image. */
  readonly #frames: OwnPixels[][];
  readonly #settings: Settings;
  readonly #card: ModelCard;

  constructor(settings: Settings, card: ModelCard) {
    const count = settings.frames ?? 1;
    const steps = evaluations(settings.sampler, settings.steps, card.sampling);
    this.#settings = settings;
    this.#card = card;
    this.#moments = Array.from({ length: count - 1 }, (_, i) => 1 + Math.floor((i * steps) / (count - 1)));
    this.#frames = Array.from({ length: count }, () => []);
  }

  see(step: Step): void {
    const frame = this.#moments.indexOf(step.evaluations);
    if (frame >= 0) this.#frames[frame].push(noisyImage(step, this.#settings, this.#card));
  }

  finish(values: Float32Array): void {
    this.#frames.at(-1)!.push(toImage(values, this.#settings, this.#card));
  }

  /** The frames as images: grids if `n` is set. The last is the final image. */
  images(): OwnPixels[] {
    const { n } = this.#settings;
    return this.#frames.map((images) => (n === undefined ? images[0] : grid(images, columnsOf(n))));
  }
}
