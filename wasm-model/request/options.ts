/** The options that a caller may set, in one table, from which types, queries, attributes, flags and recipes are made. */
import { SAMPLERS } from "../sampling/sampler.ts";

/** The three operations: sample from noise, vary an image, inpaint a part of one. */
export type Operation = "sample" | "vary" | "inpaint";

/** What values an option takes. */
export type Domain =
  /** Unicode text, its length in bytes of UTF-8: percent-encoded, three times as long at most. */
  | { readonly type: "text"; readonly minLength: number; readonly maxLength: number }
  | { readonly type: "integer"; readonly min: number; readonly max: number }
  /** A number with or without decimals. */
  | { readonly type: "number"; readonly min: number; readonly max: number }
  /** An integer; the bounds count native image widths (28 pixels for Fashion-MNIST). */
  | { readonly type: "pixels"; readonly min: number; readonly max: number }
  | { readonly type: "choice"; readonly values: readonly string[] }
  /** Three or six hexadecimal digits, or the word `transparent` where that is allowed. */
  | { readonly type: "colour"; readonly transparent?: true }
  /** A class of the model: its index, or its name in the card (values.ts). */
  | { readonly type: "class" };

export interface OptionValues {
  /** The operation that alone takes it. */
  readonly only?: Operation;
  readonly domain: Domain;
  /** The number that is used if the caller gives none. */
  readonly default?: string;
  /** Its name as an attribute of the widget, where its own name has another meaning in HTML. */
  readonly attribute?: string;
}

/** The most pixels of an image, summed over its frames. */
export const MAX_PIXELS = 1_048_576;

export const OPTION_VALUES = {
  seed: { domain: { type: "text", minLength: 1, maxLength: 256 } },
  class: { domain: { type: "class" }, attribute: "label" },
  steps: { domain: { type: "integer", min: 1, max: 64 } },
  sampler: { domain: { type: "choice", values: SAMPLERS } },
  churn: { domain: { type: "number", min: 0, max: 1 } },
  extrapolation: { domain: { type: "number", min: 0, max: 10 } },
  temperature: { domain: { type: "number", min: 0, max: 2 }, default: "1" },
  guidance: { domain: { type: "number", min: 0, max: 10 }, default: "1" },
  size: { domain: { type: "pixels", min: 1, max: 16 } },
  enlarge: { domain: { type: "choice", values: ["smooth", "pixels"] } },
  palette: { domain: { type: "choice", values: ["exact", "free"] }, default: "exact" },
  to: { domain: { type: "text", minLength: 1, maxLength: 256 } },
  t: { domain: { type: "number", min: 0, max: 1 }, default: "0.5" },
  n: { domain: { type: "integer", min: 1, max: 1024 } },
  background: { domain: { type: "colour", transparent: true } },
  foreground: { domain: { type: "colour" } },
  radius: { domain: { type: "integer", min: 0, max: 50 }, default: "0" },
  frames: { domain: { type: "integer", min: 2, max: 64 } },
  strength: { only: "vary", domain: { type: "number", min: 0, max: 2 }, default: "0.4" },
} as const satisfies Record<string, OptionValues>;

/** How an image becomes larger than native. */
export type Enlarge = (typeof OPTION_VALUES)["enlarge"]["domain"]["values"][number];

export type OptionName = keyof typeof OPTION_VALUES;

/** Options whose values are numbers with decimals. */
export type DecimalName = {
  [N in OptionName]: (typeof OPTION_VALUES)[N]["domain"] extends { readonly type: "number" } ? N : never;
}[OptionName];

export const OPTION_NAMES = Object.keys(OPTION_VALUES) as OptionName[];

/** A value as a caller may give it. Numbers may be decimal digits, as they are in queries, attributes and flags; a seed may be a whole number. */
type ValueOf<D extends Domain> = D extends { readonly type: "choice" }
  ? D["values"][number]
  : D["type"] extends "colour"
    ? string
    : string | number;

type NamesOf<O extends Operation> = {
  [K in OptionName]: (typeof OPTION_VALUES)[K] extends { readonly only: infer P } ? (O extends P ? K : never) : K;
}[OptionName];

/** The options of an operation, in the order of the table. */
export const optionsOf = <O extends Operation>(operation: O): NamesOf<O>[] =>
  OPTION_NAMES.filter((name) => ((OPTION_VALUES[name] as OptionValues).only ?? operation) === operation) as NamesOf<O>[];

/** A request for an operation. */
export type OptionsOf<O extends Operation> = {
  readonly [K in Exclude<NamesOf<O>, "seed">]?: ValueOf<(typeof OPTION_VALUES)[K]["domain"]> | undefined;
} & { readonly seed: string | number };

/** What `resolve` takes, as queries, attributes and flags have it: values that nobody has checked. */
export type Requested<O extends Operation> = {
  readonly [K in Exclude<NamesOf<O>, "seed">]?: string | number | undefined;
} & { readonly seed: string | number };

/** A request for an image from noise. `frames`: the most images of the annealing to keep; none unless it is given. */
export type SampleOptions = OptionsOf<"sample">;

/** The values that an option takes, in words: "an integer from 1 to 64". */
export const expected = (name: OptionName): string => domainInWords(OPTION_VALUES[name].domain);

export function domainInWords(domain: Domain): string {
  switch (domain.type) {
    case "text":
      return textBetween(domain.minLength, domain.maxLength);
    case "integer":
      return integerBetween(domain);
    case "number":
      return `a number from ${domain.min} to ${domain.max}`;
    case "pixels":
      return `an integer from ${domain.min} to ${domain.max} times the native size`;
    case "choice":
      return `one of ${domain.values.join(", ")}`;
    case "colour":
      return `a colour of three or six hexadecimal digits${domain.transparent ? ", or transparent" : ""}`;
    case "class":
      return "a class by its index or name";
  }
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export const textBetween = (min: number, max: number): string => `Unicode text of ${min} to ${max} bytes in UTF-8`;
export const integerBetween = ({ min, max }: Bounds): string => `an integer from ${min} to ${max}`;

/** A random seed of eight hexadecimal digits. (`crypto.randomUUID` does not exist on pages served without TLS.) */
export const randomSeed = (): string => crypto.getRandomValues(new Uint32Array(1))[0].toString(16).padStart(8, "0");
