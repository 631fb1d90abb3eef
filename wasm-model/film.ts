/** From the network's numbers to pictures: an image in the size and the colours that were asked for, and the stages it went through. */
import type { ModelCard } from "./card.ts";
import { colourize } from "./image/colours.ts";
import { grid } from "./image/grid.ts";
import { toPixels } from "./image/pixels.ts";
import type { Picture } from "./image/png.ts";
import { resize } from "./image/resize.ts";
import { columnsOf, type Settings } from "./options.ts";
import { evaluations, type Step } from "./sampler/index.ts";

/** [C, H, W] -> the picture of one image. */
export function develop(
  values: Float32Array,
  { width, height, colours }: Pick<Settings, "width" | "height" | "colours">,
  card: ModelCard,
): Picture {
  const { channels, ...native } = card.spec;
  const resized = resize(values, [channels, native.height, native.width], [height, width]);
  const picture = { pixels: toPixels(resized, channels), width, height, channels };
  return colours ? colourize(picture, colours) : picture;
}

/** The noisy image of a step with the contrast of a clean one: x sigmaData / sqrt(sigma^2 + sigmaData^2). */
export function contrasted({ x, sigma }: Pick<Step, "x" | "sigma">, { spec: { sigmaData } }: ModelCard): Float32Array {
  const contrast = sigmaData / Math.sqrt(sigma * sigma + sigmaData * sigmaData);
  return x.map((value) => value * contrast);
}

/** Takes the pictures of images that are drawn one after the other, F frames of each: F - 1 on the way, in even distances, and the finished one. */
export class Film {
  /** Steps after which a picture is taken. */
  readonly #moments: readonly number[];
  /** By frame, then by image. */
  readonly #frames: Picture[][];
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
    if (frame >= 0) this.#frames[frame].push(develop(contrasted(step, this.#card), this.#settings, this.#card));
  }

  finish(values: Float32Array): void {
    this.#frames[this.#frames.length - 1].push(develop(values, this.#settings, this.#card));
  }

  /** Whole pictures, grids where a grid was asked for; the last is the finished one. */
  frames(): Picture[] {
    const { n } = this.#settings;
    return this.#frames.map((images) => (n === undefined ? images[0] : grid(images, columnsOf(n))));
  }
}
