/** Checks and converts a caller's values. Each function throws `OptionError` for a value outside the option's domain. */

import { listed, utf8Length } from "../schema/text.ts";
import { type Colour, parseColour } from "./colours.ts";
import { OptionError } from "./option-error.ts";
import { type Bounds, type DecimalName, expected, integerBetween, OPTION_VALUES, type OptionName, textBetween } from "./options.ts";

export function integer(name: "steps" | "size" | "n" | "radius" | "frames", value: unknown, bounds: Bounds): number {
  const number = typeof value === "string" && /^\d+(\.0+)?$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= bounds.min && number <= bounds.max) return number;
  throw new OptionError("invalid-value", name, integerBetween(bounds), value);
}

/** The value, or the option's default if none is given. */
export function decimal(name: DecimalName, given: unknown): number {
  const { domain, default: usual }: { readonly domain: Bounds; readonly default?: string } = OPTION_VALUES[name];
  const { min, max } = domain;
  const value = given === undefined ? usual : given;
  const number = typeof value !== "string" ? value : /^(\d+(\.\d+)?|\.\d+)$/.test(value) ? Number(value) : Number.NaN;
  if (typeof number === "number" && number >= min && number <= max) return number;
  throw new OptionError("invalid-value", name, expected(name), value);
}

export function colour(name: "background" | "foreground", value: unknown): Colour | undefined {
  if (value === undefined) return undefined;
  const found = typeof value === "string" ? parseColour(value) : undefined;
  if (!found) throw new OptionError("invalid-value", name, expected(name), value);
  return found;
}

/** A seed, a whole number as its digits, short enough for the longest suffix, of `suffix` bytes, that a grid appends to it (`cellSeed`). */
export function seedText(name: "seed" | "to", value: unknown, suffix: number): string {
  const { minLength, maxLength } = OPTION_VALUES[name].domain;
  const longest = maxLength - suffix;
  const text = Number.isSafeInteger(value) ? String(value) : value;
  const isText = typeof text === "string" && !/\p{Surrogate}/u.test(text);
  if (!isText || text.length < minLength || utf8Length(text) > longest) {
    throw new OptionError("invalid-value", name, textBetween(minLength, longest), value === "" ? "nothing" : value);
  }
  return text;
}

export function choice<T extends string>(name: OptionName, value: unknown, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new OptionError("invalid-value", name, expected(name), value);
  return found;
}

/** The text of a number or text. Empty for any other value, since symbols and proxies cannot become text. */
export const textOf = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

/**
 * A name wins over an index: the class called "3" is that class, whatever its index. Upper and lower case are told
 * apart where several classes differ in nothing else.
 */
export function classIndex(value: unknown, labels: readonly string[]): number {
  const wanted = textOf(value);
  const byName = typeof value === "string" ? namedClass(value, labels) : undefined;
  const index = byName ?? (/^\d+$/.test(wanted) ? Number(wanted) : Number.NaN);
  if (!(index < labels.length)) {
    const expected = `an index from 0 to ${labels.length - 1} or one of ${listed(labels)}`;
    throw new OptionError("invalid-value", "class", expected, value);
  }
  return index;
}

function namedClass(name: string, labels: readonly string[]): number | undefined {
  const exact = labels.indexOf(name);
  if (exact >= 0) return exact;
  const folded = name.toLowerCase();
  const similar = [...labels.keys()].filter((index) => labels[index].toLowerCase() === folded);
  return similar.length === 1 ? similar[0] : undefined;
}
