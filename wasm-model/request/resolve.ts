/** Resolves a request into `Settings`, with a value for everything. It happens once; later code takes `Settings`. */

import { type ModelCard, nativeShape } from "../model/card.ts";
import type { Size } from "../network/spec.ts";
import { evaluations, withRequestedGrid } from "../sampling/index.ts";
import { CLASS_DRAW, seedState, uniformInt } from "../sampling/random.ts";
import { MAX_EVALUATIONS, SAMPLERS, type SamplerName, type SamplingSettings } from "../sampling/settings.ts";
import { type Colour, type Colours, contrasting, TRANSPARENT, WHITE } from "./colours.ts";
import { OptionError } from "./option-error.ts";
import { type Bounds, type Enlarge, expected, MAX_PIXELS, OPTION_VALUES, type Operation, optionsOf, type Requested } from "./options.ts";
import { choice, classIndex, colour, decimal, integer, seedText } from "./values.ts";

/** Size, colours and shape of an image. */
export interface Appearance {
  readonly colours?: Colours;
  /** Radius of the corners, in per cent of the shorter side; undefined: square corners. */
  readonly radius?: number;
  /** One image's size, in pixels. */
  readonly width: number;
  readonly height: number;
  /** How it becomes larger than native; undefined: as the model's images do (`enlargeOf`). */
  readonly enlarge?: Enlarge;
  /** Undefined: pixel art has exactly the model's colours. */
  readonly palette?: "free";
  /** What stands behind a cut-out; undefined: nothing, it is transparent. */
  readonly behind?: Colour;
}

/** How the model's images become larger by default: pixel art repeats its pixels. */
export const enlargeOf = ({ palette }: Pick<ModelCard, "palette">): Enlarge => (palette ? "pixels" : "smooth");

export interface ImageSettings {
  readonly seed: string;
  /** Index of the class; undefined: unconditional. */
  readonly class: number | undefined;
  /** The other end of an interpolation, and the position between both ends, 0 < t < 1. */
  readonly to?: { readonly seed: string; readonly class: number | undefined; readonly t: number };
}

/** A resolved request. Together with the model's bytes it determines the image's bytes. */
export interface Settings extends Appearance {
  readonly operation: Operation;
  /** The image's seed; in a grid, image k has the seed `{seed}/{k}`. */
  readonly seed: string;
  /** Index of the class of all images; `each`: chosen for each image of the grid by its seed; undefined: unconditional. */
  readonly class: number | "each" | undefined;
  readonly to?: { readonly seed: string; readonly class: number | "each" | undefined; readonly t: number };
  /** Number of noise levels. */
  readonly steps: number;
  readonly sampler: SamplerName;
  /** Settings of `langevin`, if the request has them. */
  readonly churn?: number;
  readonly extrapolation?: number;
  /** The model's settings, with those of the request or of a variation: they decide noise levels and steps. */
  readonly sampling: SamplingSettings;
  readonly temperature: number;
  readonly guidance: number;
  /** Standard deviation of the noise that a variation is drawn from, 0 to 2. */
  readonly strength?: number;
  /** Images in the grid; undefined: no grid. */
  readonly n?: number;
  /** Frames of the animation, including the final image; undefined: no animation. */
  readonly frames?: number;
  /** Network evaluations, summed over all images. */
  readonly nfe: number;
}

/** The options that determine how noise becomes an image. All images of a grid share them. */
export const TRAJECTORY = ["steps", "sampler", "churn", "extrapolation", "temperature", "guidance"] as const;

export type Trajectory = Pick<Settings, (typeof TRAJECTORY)[number]>;

export const trajectoryOf = (settings: Trajectory): Trajectory =>
  Object.fromEntries(TRAJECTORY.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]]))) as unknown as Trajectory;

/**
 * The settings of a request to the model with this card. Without `class`, `sample` chooses one by the seed and the
 * other operations are unconditional. An interpolation with t = 0 or t = 1 resolves to the image of that one seed.
 * Throws `OptionError` for the first value that is out of its domain and for an option that the operation does not
 * take.
 */
export function resolve<O extends Operation>(operation: O, options: Requested<O>, card: ModelCard): Settings {
  const given = knownOptions(operation, options);
  const { labels } = card;
  const n = given.n === undefined ? undefined : integer("n", given.n, OPTION_VALUES.n.domain);
  const { seed, to, t } = seedsOf(given, n);
  const wanted = given.class === undefined ? undefined : classIndex(given.class, labels);
  const classOf = (text: string) => wanted ?? (operation !== "sample" ? undefined : n === undefined ? classOfSeed(text, labels) : "each");
  const label = classOf(seed);
  const sampler = given.sampler === undefined ? card.sampling.sampler : choice<SamplerName>("sampler", given.sampler, SAMPLERS);
  const { churn, extrapolation } = given;
  const checked = {
    ...(churn !== undefined && { churn: decimal("churn", churn) }),
    ...(extrapolation !== undefined && { extrapolation: decimal("extrapolation", extrapolation) }),
  };
  const used = sampler === "langevin" ? checked : {};
  const temperature = decimal("temperature", given.temperature);
  const weight = decimal("guidance", given.guidance);
  const guidance = label === undefined || card.spec.unconditional ? 1 : weight;
  const strength = operation === "vary" ? atLeastVisible(decimal("strength", given.strength)) : undefined;
  const sampling = withRequestedGrid(strength ? variationSampling(strength, card.sampling) : card.sampling, used);
  const cost = (levels: number): number => evaluations(sampler, levels, sampling) * (guidance === 1 ? 1 : 2);
  const steps = stepsOf(given.steps, card, cost);
  const isDrawn = strength !== 0; // otherwise a variation is the image itself
  const stages = isDrawn ? evaluations(sampler, steps, sampling) + 1 : 1;
  const frames = given.frames === undefined ? undefined : Math.min(integer("frames", given.frames, OPTION_VALUES.frames.domain), stages);
  return {
    operation,
    seed,
    class: label,
    ...(to !== undefined && { to: { seed: to, class: classOf(to), t } }),
    steps,
    sampler,
    ...used,
    sampling,
    temperature,
    guidance,
    ...(strength !== undefined && { strength }),
    ...(n !== undefined && { n }),
    ...(frames !== undefined && { frames }),
    ...appearanceOf(given, card, cellsOf(n) * (frames ?? 1)),
    nfe: isDrawn ? cost(steps) * (n ?? 1) : 0,
  };
}

/** The strength, or 0 for less than changes a byte of an image. What is divided by it may be too large for a float. */
const atLeastVisible = (strength: number): number => (strength < 1e-6 ? 0 : strength);

/**
 * The grid of a variation, which begins at noise of a standard deviation of `strength`. It has numbers of its own: the first
 * steps of a model's schedule cross levels at which what a sketch shows is lost, and fresh noise loses more of it (training/LOG.md).
 */
const variationSampling = (strength: number, { schedules: _, start: __, ...sampling }: SamplingSettings): SamplingSettings => ({
  ...sampling,
  ...{ rho: 3, churn: 0, extrapolation: 1.2, sigmaMin: Math.min(0.06, strength / 2), sigmaMax: strength },
});

/** The images of a request, in order: one, or `n` of a grid. */
export function imageSettingsOf({ seed, class: label, to, n }: Settings, { labels }: Pick<ModelCard, "labels">): ImageSettings[] {
  const image = (suffix: string): ImageSettings => {
    const of = (text: string, chosen: typeof label) => ({ seed: text, class: chosen === "each" ? classOfSeed(text, labels) : chosen });
    return { ...of(seed + suffix, label), ...(to && { to: { ...of(to.seed + suffix, to.class), t: to.t } }) };
  };
  return n === undefined ? [image("")] : Array.from({ length: n }, (_, k) => image(cellSeed("", k)));
}

/** The seed of image k in the grid of `seed`. */
export const cellSeed = (seed: string, k: number): string => `${seed}/${k}`;

/** The class of an image whose request has none. */
const classOfSeed = (seed: string, labels: readonly string[]): number => uniformInt(seedState(seed), CLASS_DRAW, labels.length);

/** Columns of a grid of n images: as many as rows, or one more. */
export const columnsOf = (n: number): number => Math.ceil(Math.sqrt(n));

/** Cells of the grid, including empty ones. */
export const cellsOf = (n: number | undefined): number => (n === undefined ? 1 : columnsOf(n) * Math.ceil(n / columnsOf(n)));

/** Returns the options unchanged. Throws `OptionError` for one that the operation does not take. */
function knownOptions(operation: Operation, options: object): Partial<Requested<"vary">> {
  const names = optionsOf(operation);
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !(names as string[]).includes(name)) throw unknownOption(name, names, value);
  }
  return options;
}

/** The error for a key that is not one of `names`. */
export function unknownOption(name: string, names: readonly string[], received: unknown): OptionError {
  const list = names.join(", ");
  const meant = names.find((known) => OTHER_WORDS[known]?.includes(name));
  const hint = meant ? ` (did you mean \`${meant}\`?)` : "";
  return new OptionError(
    "unknown-option",
    name,
    `one of ${list}`,
    received,
    (option) => `\`${option}\` is not an option${hint}: these are ${list}`,
  );
}

/** What callers write for an option. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = { class: ["label", "kind"], seed: ["name"], size: ["width"] };

/** One seed, or the two of an interpolation. */
function seedsOf(
  { seed, to, t }: Partial<Requested<"sample">>,
  n: number | undefined,
): { readonly seed: string; readonly to?: string | undefined; readonly t: number } {
  const suffix = n === undefined ? 0 : cellSeed("", n - 1).length;
  const first = seedText("seed", seed, suffix);
  if (to === undefined) {
    if (t !== undefined)
      throw new OptionError("invalid-value", "to", expected("to"), "nothing", (option) => `\`t\` works with \`${option}\` only`);
    return { seed: first, t: 0 };
  }
  const second = seedText("to", to, suffix);
  const share = decimal("t", t);
  if (share === 0) return { seed: first, t: 0 };
  return share === 1 ? { seed: second, t: 0 } : { seed: first, to: second, t: share };
}

/** The requested steps, by default the model's. Throws `OptionError` if an image would cost more than MAX_EVALUATIONS. */
function stepsOf(given: string | number | undefined, { sampling }: ModelCard, cost: (levels: number) => number): number {
  const steps = given === undefined ? sampling.steps : integer("steps", given, OPTION_VALUES.steps.domain);
  if (cost(steps) <= MAX_EVALUATIONS) return steps;
  throw new OptionError("invalid-value", "steps", `steps that take at most ${MAX_EVALUATIONS} evaluations`, steps);
}

function appearanceOf(
  { size, enlarge, palette = "exact", background, foreground, radius = 0 }: Partial<Requested<"sample">>,
  card: ModelCard,
  images: number,
): Appearance {
  const native = nativeShape(card);
  const usual = enlargeOf(card);
  const corners = integer("radius", radius, OPTION_VALUES.radius.domain);
  const enlarging = choice<Enlarge>("enlarge", enlarge ?? usual, OPTION_VALUES.enlarge.domain.values);
  const colours = choice("palette", palette, OPTION_VALUES.palette.domain.values);
  const width = integer("size", size === undefined ? native.width : size, affordableSize(native, images));
  return {
    ...coloursOf(background, foreground, card),
    ...(corners > 0 && { radius: corners }),
    width,
    height: heightOf(native, width),
    ...(enlarging !== usual && width > native.width && { enlarge: enlarging }),
    ...(card.palette && colours === "free" && { palette: colours }),
  };
}

const heightOf = (native: Size, width: number): number => Math.round((width * native.height) / native.width);

/** The bounds of `size` with which `images` images have at most MAX_PIXELS in all. */
function affordableSize(native: Size, images: number): Bounds {
  const [least, most] = [OPTION_VALUES.size.domain.min, OPTION_VALUES.size.domain.max].map((widths) => widths * native.width);
  let max = most;
  while (max > least && images * max * heightOf(native, max) > MAX_PIXELS) max--;
  return { min: least, max };
}

/**
 * What stands behind a cut-out. Of grey images both colours, if one is given; the other contrasts most of black and white, and is
 * white on a transparent background.
 */
function coloursOf(background: unknown, foreground: unknown, { spec, cutOut }: ModelCard): Pick<Appearance, "colours" | "behind"> {
  const behind = background === TRANSPARENT ? background : colour("background", background);
  if (cutOut && foreground === undefined) return behind === undefined || behind === TRANSPARENT ? {} : { behind };
  const before = colour("foreground", foreground) ?? (behind === TRANSPARENT ? WHITE : undefined);
  const given = before ?? (behind as Colour | undefined);
  if (given === undefined) return {};
  if (spec.channels !== 1) {
    const name = foreground === undefined ? "background" : "foreground";
    const models = name === "foreground" ? "grey models" : "grey models and cut-outs";
    const say = (option: string): string => `\`${option}\` works with ${models} only`;
    throw new OptionError("invalid-value", name, "nothing with a colour model", foreground ?? background, say);
  }
  return { colours: { background: behind ?? contrasting(given), foreground: before ?? contrasting(given) } };
}
