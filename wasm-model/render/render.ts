/** Settings -> a finished picture with its file: an image or a grid of them, whatever it begins from. */

import { recipeText } from "../request/recipe.ts";
import { type DenoiseSettings, imagesOf, type Settings, type Trajectory, trajectoryOf } from "../request/resolve.ts";
import type { Model } from "../runtime/load.ts";
import type { RunOptions, Step } from "../sampling/index.ts";
import { Frames } from "./frames.ts";
import { generate, type Inputs } from "./generate.ts";
import { encodeApng } from "./image/apng.ts";
import { encodePng, type Picture, type Pixels } from "./image/png.ts";
import { imageValues } from "./inputs.ts";
import { toPicture } from "./picture.ts";
import { turnTaker } from "./turn.ts";

export interface Progress extends Step {
  /** Network evaluations that the picture takes in all. */
  readonly nfe: number;
}

export interface RenderRun {
  /** Aborts the drawing within a few network evaluations: the promise is rejected with the signal's reason. */
  readonly signal?: RunOptions["signal"];
  /**
   * Called after each step's network evaluation (guidance: two) and awaited. The arrays that it gets are valid during the call only; in a grid they are one
   * image's.
   */
  readonly onStep?: ((progress: Progress) => void | Promise<void>) | undefined;
}

/** A picture and the settings that made it: the same settings make the same bytes. */
export interface Sample extends Pixels, Trajectory {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly seed: string;
  /** Index of the class and its name; undefined where images of the picture have different ones, or the network was told none. */
  readonly class: number | undefined;
  readonly label: string | undefined;
  readonly nfe: number;
  /** Images in the grid, where one was asked for. */
  readonly n?: number;
  /** The picture while it was annealed, from noise to the picture itself; where `frames` were asked for. */
  readonly frames?: readonly Pixels[];
  /** What its files say about themselves (request/recipe.ts); nothing where no options make it again. */
  readonly recipe?: string;
  /** The picture as a PNG file. */
  png(): Uint8Array<ArrayBuffer>;
}

/** Draws the picture. Throws `OptionError` for inputs of another shape before any work, the signal's reason when aborted. */
export async function render(model: Model, settings: Settings, { image, mask, signal, onStep }: Inputs & RenderRun = {}): Promise<Sample> {
  const { card, version } = model;
  const { seed, class: chosen, to, nfe, n } = settings;
  const frames = new Frames(settings, card);
  const takeTurn = turnTaker();
  let evaluations = 0;
  const denoise: Model["denoiser"]["denoise"] = (...input) => {
    evaluations++;
    return model.denoiser.denoise(...input);
  };
  const see = (step: Step): void | Promise<void> => {
    frames.see(step);
    return onStep?.({ ...step, evaluations, nfe });
  };
  for (const own of imagesOf(settings, card)) {
    frames.finish(await generate({ card, denoiser: { denoise } }, settings, [own], { image, mask, takeTurn, signal, onStep: see }));
  }
  const pictures = frames.pictures();
  const picture = pictures.at(-1)!;
  const recipe = settings.operation === "sample" ? recipeText(settings, card, version) : undefined;
  const label = typeof chosen === "number" && (!to || to.class === chosen) ? chosen : undefined;
  return {
    ...picture,
    seed,
    class: label,
    label: label === undefined ? undefined : card.labels[label],
    ...trajectoryOf(settings),
    nfe,
    ...(n !== undefined && { n }),
    ...(settings.frames !== undefined && { frames: pictures }),
    ...(recipe !== undefined && { recipe }),
    png: () => encodePng(picture, recipe),
  };
}

/** The picture of a sample as an animation: noise first, and longest what it became. Its `frames` must have been asked for. */
export function apng({ frames = [], recipe }: Sample): Uint8Array<ArrayBuffer> {
  const durations = (i: number): number => (i === frames.length - 1 ? LAST_FRAME : FRAME);
  return encodeApng(
    frames.map((picture, i) => ({ picture, duration: durations(i) })),
    recipe,
  );
}

/** Milliseconds. */
const FRAME = 100;
const LAST_FRAME = 2000;

/** A noisy picture of the model's native size without its noise, in one network evaluation. Throws `OptionError` for another shape before any work. */
export async function renderDenoised({ card, denoiser }: Model, settings: DenoiseSettings, image: Pixels): Promise<Picture> {
  const labels = new Float32Array(card.spec.classes);
  if (settings.class !== undefined) labels[settings.class] = 1;
  return toPicture(await denoiser.denoise(imageValues(image, card), settings.sigma, labels), settings, card);
}
