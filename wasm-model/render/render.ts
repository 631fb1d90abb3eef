/** Draws from settings: one image, a grid or an animation, from noise or from an input image. */

import type { ModelCard } from "../model/card.ts";
import type { Model } from "../model/model.ts";
import { RGB } from "../network/spec.ts";
import { OptionError } from "../request/option-error.ts";
import { type CanonicalOptions, canonicalOptions, type Recipe } from "../request/recipe.ts";
import { columnsOf, imageSettingsOf, type Settings, type Trajectory, trajectoryOf } from "../request/resolve.ts";
import { evaluations, type RunOptions, type Step } from "../sampling/index.ts";
import { noisyImage } from "./appearance.ts";
import { opaque } from "./cut-out.ts";
import { finishImage, isIndexed } from "./finish.ts";
import { type GenerateRun, generate } from "./generate.ts";
import { grid } from "./image/pixels.ts";
import { encodeApng, encodeIndexedPng, encodePng, type OwnPixels, type Pixels } from "./image/png.ts";
import { keptPart } from "./inputs.ts";
import { turnTaker } from "./turn.ts";

export interface Progress extends Step {
  /** Network evaluations of the whole image. */
  readonly nfe: number;
}

export interface RenderRun {
  /** Aborts the drawing within a few network evaluations: the promise is rejected with the signal's reason. */
  readonly signal?: RunOptions["signal"];
  /** Awaited after each step's evaluation (two with guidance). Arrays are valid during the call, in a grid those of one image. */
  readonly onStep?: ((progress: Progress) => void | Promise<void>) | undefined;
}

/** An image and the settings that made it: the same settings make the same bytes. */
export interface Sample extends Pixels, Trajectory {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly seed: string;
  /** Index of the class and its name; undefined if the images have different classes, or none. */
  readonly class: number | undefined;
  readonly label: string | undefined;
  readonly nfe: number;
  /** Images in the grid; undefined: no grid. */
  readonly n?: number;
  /** Frames of the annealing, from noise to the final image; undefined unless the option `frames` was set. */
  readonly frames?: readonly Pixels[];
  /** The recipe stored in its files (request/recipe.ts); undefined if it was made from an image. */
  readonly recipe?: string;
  /** The image as a PNG file. */
  png(): Uint8Array<ArrayBuffer>;
}

/**
 * Draws the image. `canonical`: the options of the settings, from who has them. Throws `OptionError` for inputs of another shape before
 * any work, the signal's reason when aborted.
 */
export async function render(
  model: Model,
  settings: Settings,
  run: Omit<GenerateRun, "onStep"> & RenderRun & { readonly canonical?: CanonicalOptions } = {},
): Promise<Sample> {
  const { image, mask, takeTurn = turnTaker(), signal, onStep, canonical = canonicalOptions(settings, model.card) } = run;
  if (signal !== undefined && typeof signal.throwIfAborted !== "function")
    throw new OptionError("invalid-value", "signal", "an AbortSignal", signal);
  if (onStep !== undefined && typeof onStep !== "function") throw new OptionError("invalid-value", "onStep", "a function", onStep);
  const { card, version } = model;
  const { seed, class: chosen, to, nfe, n } = settings;
  const frames = collectFrames(settings, card);
  let evaluations = 0;
  const observe = (step: Step, taken: number): void | Promise<void> => {
    evaluations += taken;
    frames.observe(step);
    return onStep?.({ ...step, evaluations, nfe });
  };
  for (const one of imageSettingsOf(settings, card)) {
    const values = await generate(model, settings, [one], { image, mask, takeTurn, signal, onStep: observe });
    frames.finish(await finishImage(values, settings, card, model.denoiser, keptPart({ image, mask }, settings.strength)));
  }
  const images = frames.images();
  const drawn = images.at(-1)!;
  const recipe =
    settings.operation === "sample" ? JSON.stringify({ model: card.name, version, options: canonical } satisfies Recipe) : undefined;
  const label = typeof chosen === "number" && (!to || to.class === chosen) ? chosen : undefined;
  return {
    ...drawn,
    seed,
    class: label,
    label: label === undefined ? undefined : card.labels[label],
    ...trajectoryOf(settings),
    nfe,
    ...(n !== undefined && { n }),
    ...(settings.frames !== undefined && { frames: images }),
    ...(recipe !== undefined && { recipe }),
    png: () => (isIndexed(settings, card) ? encodeIndexedPng : encodePng)(drawn, recipe),
  };
}

/** A sample as an animation, from noise to the final image, which is shown longest. Requires the option `frames`. */
export function apng({ frames, recipe }: Sample): Uint8Array<ArrayBuffer> {
  if (!frames) throw new OptionError("invalid-value", "frames", "a sample that was drawn with `frames`", "one without");
  return encodeApng(frames, recipe);
}

/** Collects F frames of images drawn one after the other: F - 1 evenly spaced during the annealing, and the final one. */
function collectFrames(settings: Settings, card: ModelCard) {
  const { frames: count = 1, n } = settings;
  const steps = evaluations(settings.sampler, settings.steps, settings.sampling);
  /** Numbers of evaluations after which a frame is taken. */
  const moments = Array.from({ length: count - 1 }, (_, i) => 1 + Math.floor((i * steps) / (count - 1)));
  /** By frame, then by image. */
  const frames: OwnPixels[][] = Array.from({ length: count }, () => []);
  return {
    observe(step: Step): void {
      const frame = moments.indexOf(step.evaluations);
      if (frame >= 0) frames[frame].push(noisyImage(step, settings, card));
    },
    finish: (image: OwnPixels): void => void frames.at(-1)!.push(image),
    /** The frames as images: grids if `n` is set. The last is the final image; those before a cut-out are opaque. */
    images(): OwnPixels[] {
      const all = frames.map((images) => (n === undefined ? images[0] : grid(images, columnsOf(n))));
      const { channels } = all.at(-1)!;
      return all.map((image) => (image.channels === RGB && channels > RGB ? opaque(image) : image));
    },
  };
}
