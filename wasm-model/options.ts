/**
 * What a caller may ask for: the one table that the Worker's query schema, the widget's attributes, the CLI's flags and the documentation are made from,
 * and `resolve`, which turns a request into settings that leave nothing open.
 */
import { type ModelCard, SAMPLERS, type SamplerName } from "./card.ts";
import { guidedEvaluations } from "./guidance.ts";
import { BLACK, type Colour, type Colours, parseColour, WHITE } from "./image/colours.ts";
import { CLASS_DRAW, seedState, uniformInt } from "./random.ts";
import { evaluations, MAX_EVALUATIONS } from "./sampler/index.ts";

/** What values an option takes. */
export type Domain =
  /** Unicode text, its length in code points. */
  | { readonly type: "text"; readonly minLength: number; readonly maxLength: number }
  | { readonly type: "integer"; readonly min: number; readonly max: number }
  /** A number with or without decimals. */
  | { readonly type: "number"; readonly min: number; readonly max: number }
  /** An integer; the bounds count native image widths (28 pixels for Fashion-MNIST). */
  | { readonly type: "pixels"; readonly min: number; readonly max: number }
  | { readonly type: "choice"; readonly values: readonly string[] }
  /** Three or six hexadecimal digits. */
  | { readonly type: "colour" }
  /** A class of the model: its index, or its name in the card (upper and lower case alike). */
  | { readonly type: "class" }
  /** A model's name. */
  | { readonly type: "model" };

export interface Option {
  readonly domain: Domain;
  /** Where the value comes from when the caller does not give one. */
  readonly default: string;
  /** One line of documentation. */
  readonly doc: string;
}

export const OPTIONS = {
  seed: {
    domain: { type: "text", minLength: 1, maxLength: 256 },
    default: "a random one",
    doc: "Text that decides the image: the same seed gives the same image, anywhere.",
  },
  model: { domain: { type: "model" }, default: "the first of /v1/models", doc: "Which model draws." },
  class: { domain: { type: "class" }, default: "drawn from the seed", doc: "What to draw: a class by its index or name." },
  steps: {
    domain: { type: "integer", min: 1, max: 64 },
    default: "the model's",
    doc: "Number of noise levels: more steps cost more time and show more detail.",
  },
  sampler: {
    domain: { type: "choice", values: SAMPLERS },
    default: "the model's",
    doc: "How the noise is annealed: multistep Langevin, consistent annealed sampling, the paper's annealed Langevin dynamics, the same with momentum, or an ODE solver: Euler, Heun, iPNDM of order 3 or 4.",
  },
  temperature: {
    domain: { type: "number", min: 0, max: 2 },
    default: "1",
    doc: "Multiplies the variance of the fresh noise in each step: 1 is exact, 0 flows along the gradient; solvers of an ODE have none.",
  },
  guidance: {
    domain: { type: "number", min: 0, max: 10 },
    default: "1",
    doc: "How much the class counts (classifier-free guidance): 1 as the model has learned it, 0 not at all, more exaggerates. Any value but 1 doubles the evaluations.",
  },
  size: {
    domain: { type: "pixels", min: 1, max: 16 },
    default: "the model's native size",
    doc: "Width in pixels, the height follows; whole multiples of the native size keep its pixels exactly, others are smooth.",
  },
  to: {
    domain: { type: "text", minLength: 1, maxLength: 256 },
    default: "none",
    doc: "A second seed: the image lies between those of the two seeds.",
  },
  t: {
    domain: { type: "number", min: 0, max: 1 },
    default: "0.5",
    doc: "How far the image is on the way from `seed` to `to`: 0 is the image of the one, 1 that of the other.",
  },
  n: {
    domain: { type: "integer", min: 1, max: 1024 },
    default: "one image, no grid",
    doc: "A grid of that many images, row by row; image k is the one of the seed `{seed}/{k}`.",
  },
  background: {
    domain: { type: "colour" },
    default: "black where there is a foreground, else none",
    doc: "Colour in place of black, for grey models.",
  },
  foreground: {
    domain: { type: "colour" },
    default: "white where there is a background, else none",
    doc: "Colour in place of white, for grey models.",
  },
  format: {
    domain: { type: "choice", values: ["png", "apng", "svg", "json"] },
    default: "png",
    doc: "A picture, its annealing as an animation, its pixels as a scalable drawing, or the numbers with the settings that made them.",
  },
  frames: {
    domain: { type: "integer", min: 2, max: 64 },
    default: "16",
    doc: "How many pictures the animation (apng) has at most: one for each network evaluation and the image itself are all there are.",
  },
  strength: {
    domain: { type: "number", min: 0, max: 1 },
    default: "0.5",
    doc: "How far a variation may leave the picture: 0 hardly, 1 wholly.",
  },
  sigma: {
    domain: { type: "number", min: 0.001, max: 1000 },
    default: "0.5",
    doc: "Standard deviation of the noise in the picture, where black is -1 and white is 1.",
  },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

/** The options that decide a picture's content, in the order in which users meet them. */
export const SAMPLE_OPTIONS = [
  "seed",
  "class",
  "steps",
  "sampler",
  "temperature",
  "guidance",
  "to",
  "t",
  "size",
  "n",
  "background",
  "foreground",
] as const satisfies readonly OptionName[];

/** The options that need a picture to begin with; what is neither here nor there chooses a model and a file format. */
export const UPLOAD_OPTIONS = ["strength", "sigma"] as const satisfies readonly OptionName[];

/** The most pixels that a picture may have, those of all its frames. */
export const MAX_PIXELS = 1_048_576;

/** A request for one image. Numbers may be given as decimal digits, the form that queries, attributes and flags have. */
export interface SampleOptions {
  readonly seed: string;
  readonly class?: string | number | undefined;
  readonly steps?: string | number | undefined;
  readonly sampler?: string | undefined;
  readonly temperature?: string | number | undefined;
  readonly guidance?: string | number | undefined;
  readonly size?: string | number | undefined;
  readonly to?: string | undefined;
  readonly t?: string | number | undefined;
  readonly n?: string | number | undefined;
  readonly background?: string | undefined;
  readonly foreground?: string | undefined;
  /** How many pictures of the annealing to keep at most; none unless it is given. */
  readonly frames?: string | number | undefined;
}

/** A request to take noise out of a picture. */
export interface DenoiseOptions extends Pick<SampleOptions, "class" | "size" | "background" | "foreground"> {
  readonly sigma?: string | number | undefined;
}

/** A request with nothing left open: with the model's bytes, it decides the picture's. */
export interface Settings {
  readonly seed: string;
  /** Index of the class; undefined where each image of a grid draws its own from its seed. */
  readonly class: number | undefined;
  /** Number of noise levels. */
  readonly steps: number;
  readonly sampler: SamplerName;
  readonly temperature: number;
  readonly guidance: number;
  /** The other seed of an interpolation, its class, and how far the image is on the way there. */
  readonly to?: string;
  readonly toClass?: number | undefined;
  readonly t?: number;
  /** Images in the grid; undefined where there is none. */
  readonly n?: number;
  readonly colours?: Colours;
  /** Pictures of the annealing, the image itself included. */
  readonly frames?: number;
  /** One image's, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Network evaluations, those of all images. */
  readonly nfe: number;
}

export type OptionErrorCode = "invalid-value" | "empty-value" | "unknown-option" | "repeated-option" | "over-budget";

/** A caller's mistake. `expected` and `received` are fit for a sentence: "Expected {expected} for `{option}` but received {received}". */
export class OptionError extends Error {
  readonly code: OptionErrorCode;
  readonly option: string;
  readonly expected: string;
  readonly received: string;

  constructor(code: OptionErrorCode, option: string, expected: string, received: unknown) {
    const shown = show(received);
    const named = clip(option); // an unknown key is the caller's text too
    super(`Expected ${expected} for \`${named}\` but received ${shown}`);
    this.name = "OptionError";
    this.code = code;
    this.option = named;
    this.expected = expected;
    this.received = shown;
  }
}

/**
 * The resolved settings of a request to the model with this card. `drawsClass`: where no class is given, it comes from the seed, else there is none. Throws
 * `OptionError` at the first value that is out of its domain.
 */
export function resolve(options: SampleOptions, card: ModelCard, drawsClass = true): Settings {
  const { sampling, spec, labels } = card;
  const n = options.n === undefined ? undefined : integer("n", options.n, OPTIONS.n.domain);
  const seed = text("seed", options.seed, n);
  const to = options.to === undefined ? undefined : text("to", options.to, n);
  if (to === undefined && options.t !== undefined)
    throw new OptionError("invalid-value", "to", `${expected("to")} beside \`t\``, "nothing");
  const given = options.class === undefined ? undefined : classIndex(options.class, labels);
  const classOf = (its: string) => given ?? (drawsClass && n === undefined ? classOfSeed(its, labels) : undefined);
  const sampler = options.sampler === undefined ? sampling.sampler : choice<SamplerName>("sampler", options.sampler, SAMPLERS);
  const temperature = decimal("temperature", options.temperature ?? OPTIONS.temperature.default);
  const guidance = decimal("guidance", options.guidance ?? OPTIONS.guidance.default);
  const cost = (levels: number): number => evaluations(sampler, levels, sampling) * guidedEvaluations(guidance);
  const steps = integer("steps", options.steps ?? sampling.steps, stepBounds(cost));
  const stages = evaluations(sampler, steps, sampling) + 1;
  const frames = options.frames === undefined ? undefined : Math.min(integer("frames", options.frames, OPTIONS.frames.domain), stages);
  const width = integer("size", options.size ?? spec.width, affordable(spec, pixelBounds(spec.width), cellsOf(n) * (frames ?? 1)));
  return {
    seed,
    class: classOf(seed),
    steps,
    sampler,
    temperature,
    guidance,
    ...(to !== undefined && { to, toClass: classOf(to), t: decimal("t", options.t ?? OPTIONS.t.default) }),
    ...(n !== undefined && { n }),
    ...coloursOf(options, spec.channels),
    ...(frames !== undefined && { frames }),
    width,
    height: heightOf(spec, width),
    nfe: cost(steps) * (n ?? 1),
  };
}

/** The resolved settings of a request to take noise out of a picture. Throws `OptionError` as `resolve` does. */
export function resolveDenoising(
  options: DenoiseOptions,
  card: ModelCard,
): Pick<Settings, "class" | "width" | "height" | "colours"> & { readonly sigma: number } {
  const { spec, labels } = card;
  const width = integer("size", options.size ?? spec.width, pixelBounds(spec.width));
  return {
    sigma: decimal("sigma", options.sigma ?? OPTIONS.sigma.default),
    class: options.class === undefined ? undefined : classIndex(options.class, labels),
    ...coloursOf(options, spec.channels),
    width,
    height: heightOf(spec, width),
  };
}

/** The class that an image has when none is asked for. */
export const classOfSeed = (seed: string, labels: readonly string[]): number => uniformInt(seedState(seed), CLASS_DRAW, labels.length);

/** Columns of a grid of n images: as many as rows, or one more. */
export const columnsOf = (n: number): number => Math.ceil(Math.sqrt(n));

/** Places in the grid, those that stay empty included. */
const cellsOf = (n: number | undefined): number => (n === undefined ? 1 : columnsOf(n) * Math.ceil(n / columnsOf(n)));

interface Side {
  readonly width: number;
  readonly height: number;
}

const heightOf = (native: Side, width: number): number => Math.round((width * native.height) / native.width);

/** Bounds of `size` such that `pictures` pictures have at most MAX_PIXELS in all. */
function affordable(native: Side, { min, max }: Bounds, pictures: number): Bounds {
  let most = max;
  while (most > min && pictures * most * heightOf(native, most) > MAX_PIXELS) most--;
  return { min, max: most };
}

function coloursOf(
  { background, foreground }: Pick<SampleOptions, "background" | "foreground">,
  channels: number,
): { readonly colours?: Colours } {
  if (background === undefined && foreground === undefined) return {};
  if (channels !== 1) {
    throw new OptionError(
      "invalid-value",
      background === undefined ? "foreground" : "background",
      "no such option for a model of colours",
      background ?? foreground,
    );
  }
  return { colours: { background: colour("background", background) ?? BLACK, foreground: colour("foreground", foreground) ?? WHITE } };
}

/** What an option takes, in words: "an integer from 1 to 64". Some domains hang on the model. */
export function expected(name: OptionName, card?: ModelCard): string {
  const domain: Domain = OPTIONS[name].domain;
  switch (domain.type) {
    case "text":
      return codePoints(domain.minLength, domain.maxLength);
    case "integer":
      return integerBetween(domain);
    case "number":
      return numberBetween(domain);
    case "pixels":
      return card ? integerBetween(pixelBounds(card.spec.width)) : `an integer from ${domain.min} to ${domain.max} times the native size`;
    case "choice":
      return `one of ${domain.values.join(", ")}`;
    case "colour":
      return "a colour of three or six hexadecimal digits";
    case "class":
      return card ? `an index from 0 to ${card.labels.length - 1} or one of ${card.labels.join(", ")}` : "a class by its index or name";
    case "model":
      return "the name of a model";
  }
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

const codePoints = (min: number, max: number): string => `Unicode text of ${min} to ${max} code points`;
const integerBetween = ({ min, max }: Bounds): string => `an integer from ${min} to ${max}`;
const numberBetween = ({ min, max }: Bounds): string => `a number from ${min} to ${max}`;

/** No image may cost more than MAX_EVALUATIONS; `cost` tells those of an image at so many levels. */
function stepBounds(cost: (levels: number) => number): Bounds {
  const { min, max } = OPTIONS.steps.domain;
  let affordable: number = max;
  while (cost(affordable) > MAX_EVALUATIONS) affordable--;
  return { min, max: affordable };
}

function pixelBounds(native: number): Bounds {
  const { min, max } = OPTIONS.size.domain;
  return { min: min * native, max: max * native };
}

function integer(name: "steps" | "size" | "n" | "frames", value: string | number, bounds: Bounds): number {
  const number = typeof value === "string" ? digits(value) : value;
  if (!Number.isInteger(number) || number < bounds.min || number > bounds.max) {
    throw new OptionError("invalid-value", name, integerBetween(bounds), value);
  }
  return number;
}

/** The number that decimal digits stand for; NaN for any other text. */
const digits = (value: string): number => (/^\d+$/.test(value) ? Number(value) : Number.NaN);

/** The value of an option that is a number. Throws `OptionError` when it is none of its domain. */
export function decimal(name: "temperature" | "guidance" | "t" | "strength" | "sigma", value: string | number): number {
  const { min, max } = OPTIONS[name].domain;
  const number = typeof value !== "string" ? value : /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) throw new OptionError("invalid-value", name, expected(name), value);
  return number;
}

function colour(name: "background" | "foreground", value: string | undefined): Colour | undefined {
  if (value === undefined) return undefined;
  const found = typeof value === "string" ? parseColour(value) : undefined;
  if (!found) throw new OptionError("invalid-value", name, expected(name), value);
  return found;
}

/** A seed; in a grid of n images there must be room for an image's number. */
function text(name: "seed" | "to", value: string, n?: number): string {
  const { minLength, maxLength } = OPTIONS[name].domain;
  const longest = n === undefined ? maxLength : maxLength - cellSeed("", n - 1).length;
  const isText = typeof value === "string" && !/\p{Surrogate}/u.test(value);
  if (!isText || [...value].length < minLength || [...value].length > longest) {
    throw new OptionError("invalid-value", name, codePoints(minLength, longest), value);
  }
  return value;
}

/** The seed of image k in the grid of `seed`. */
export const cellSeed = (seed: string, k: number): string => `${seed}/${k}`;

function choice<T extends string>(name: OptionName, value: string, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new OptionError("invalid-value", name, expected(name), value);
  return found;
}

/** A name wins over an index: the class called "3" is that class, wherever it stands. */
export function classIndex(value: string | number, labels: readonly string[]): number {
  const wanted = String(value).toLowerCase();
  const byName = typeof value === "string" ? labels.findIndex((label) => label.toLowerCase() === wanted) : -1;
  const index = byName >= 0 ? byName : digits(wanted);
  if (!(index < labels.length)) {
    throw new OptionError("invalid-value", "class", `an index from 0 to ${labels.length - 1} or one of ${labels.join(", ")}`, value);
  }
  return index;
}

/** A received value as a message shows it: plain words as they are, anything else quoted, long texts cut. */
export function show(value: unknown): string {
  if (typeof value !== "string") return String(value);
  const clipped = clip(value);
  return /^[\w.+-][\w.+ ()-]*$/.test(clipped) ? clipped : JSON.stringify(clipped);
}

/** Long texts cut, between two code points. */
const clip = (text: string): string => (text.length > 64 ? `${[...text.slice(0, 64)].slice(0, 60).join("")}…` : text);
