/**
 * What a caller may ask for: the one table that the Worker's query schema, the widget's attributes, the CLI's flags and the documentation are made from,
 * and `resolve`, which turns a request into settings that leave nothing open.
 */
import { type ModelCard, SAMPLERS, type SamplerName } from "./card.ts";
import { guidedEvaluations } from "./guidance.ts";
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
  model: { domain: { type: "model" }, default: "fashion-mnist", doc: "Which model draws." },
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
    doc: "How much the class counts (classifier-free guidance): 1 as in the data, 0 not at all, more exaggerates. Any value but 1 doubles the evaluations.",
  },
  size: {
    domain: { type: "pixels", min: 1, max: 16 },
    default: "the model's native size",
    doc: "Width in pixels, the height follows; whole multiples of the native size keep its pixels exactly, others are smooth.",
  },
  format: {
    domain: { type: "choice", values: ["png", "json"] },
    default: "png",
    doc: "A picture, or the numbers with the settings that made them.",
  },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

/** The options that decide an image's content, in the order in which users meet them; the others choose a model and a file format. */
export const SAMPLE_OPTIONS = [
  "seed",
  "class",
  "steps",
  "sampler",
  "temperature",
  "guidance",
  "size",
] as const satisfies readonly OptionName[];

/** A request for one image. Numbers may be given as decimal digits, the form that queries, attributes and flags have. */
export interface SampleOptions {
  readonly seed: string;
  readonly class?: string | number | undefined;
  readonly steps?: string | number | undefined;
  readonly sampler?: string | undefined;
  readonly temperature?: string | number | undefined;
  readonly guidance?: string | number | undefined;
  readonly size?: string | number | undefined;
}

/** A request with nothing left open: with the model's bytes, it decides the image's. */
export interface Settings {
  readonly seed: string;
  /** Index of the class. */
  readonly class: number;
  /** Number of noise levels. */
  readonly steps: number;
  readonly sampler: SamplerName;
  readonly temperature: number;
  readonly guidance: number;
  /** The image's, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Network evaluations. */
  readonly nfe: number;
}

export type OptionErrorCode = "invalid-value" | "empty-value" | "unknown-option" | "repeated-option";

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

/** The resolved settings of a request to the model with this card. Throws `OptionError` at the first value that is out of its domain. */
export function resolve(options: SampleOptions, card: ModelCard): Settings {
  const { sampling, spec, labels } = card;
  const seed = text("seed", options.seed);
  const label = options.class === undefined ? uniformInt(seedState(seed), CLASS_DRAW, labels.length) : classIndex(options.class, labels);
  const sampler = options.sampler === undefined ? sampling.sampler : choice<SamplerName>("sampler", options.sampler, SAMPLERS);
  const temperature = decimal("temperature", options.temperature ?? OPTIONS.temperature.default);
  const guidance = decimal("guidance", options.guidance ?? OPTIONS.guidance.default);
  const cost = (levels: number): number => evaluations(sampler, levels, sampling) * guidedEvaluations(guidance);
  const steps = integer("steps", options.steps ?? sampling.steps, stepBounds(cost));
  const width = integer("size", options.size ?? spec.width, pixelBounds(spec.width));
  const height = Math.round((width * spec.height) / spec.width);
  return { seed, class: label, steps, sampler, temperature, guidance, width, height, nfe: cost(steps) };
}

/** What an option takes, in words: "an integer from 1 to 64". Some domains hang on the model. */
export function expected(name: OptionName, card?: ModelCard): string {
  const domain: Domain = OPTIONS[name].domain;
  switch (domain.type) {
    case "text":
      return `Unicode text of ${domain.minLength} to ${domain.maxLength} code points`;
    case "integer":
      return integerBetween(domain);
    case "number":
      return numberBetween(domain);
    case "pixels":
      return card ? integerBetween(pixelBounds(card.spec.width)) : `an integer from ${domain.min} to ${domain.max} times the native size`;
    case "choice":
      return `one of ${domain.values.join(", ")}`;
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

function integer(name: "steps" | "size", value: string | number, bounds: Bounds): number {
  const number = typeof value === "string" ? digits(value) : value;
  if (!Number.isInteger(number) || number < bounds.min || number > bounds.max) {
    throw new OptionError("invalid-value", name, integerBetween(bounds), value);
  }
  return number;
}

function decimal(name: "temperature" | "guidance", value: string | number): number {
  const { min, max } = OPTIONS[name].domain;
  const number = typeof value !== "string" ? value : /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) throw new OptionError("invalid-value", name, expected(name), value);
  return number;
}

/** The number that decimal digits stand for; NaN for any other text. */
const digits = (value: string): number => (/^\d+$/.test(value) ? Number(value) : Number.NaN);

function text(name: "seed", value: string): string {
  const { minLength, maxLength } = OPTIONS[name].domain;
  const isText = typeof value === "string" && !/\p{Surrogate}/u.test(value);
  if (!isText || [...value].length < minLength || [...value].length > maxLength) {
    throw new OptionError("invalid-value", name, expected(name), value);
  }
  return value;
}

function choice<T extends string>(name: OptionName, value: string, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new OptionError("invalid-value", name, expected(name), value);
  return found;
}

/** A name wins over an index: the class called "3" is that class, wherever it stands. */
function classIndex(value: string | number, labels: readonly string[]): number {
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
