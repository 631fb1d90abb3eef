/**
 * The options of queries: those of the library, and two that only the service has: the model and the file's format.
 * Query schemas, OpenAPI parameters and the list on the page are derived from one table. A query may not repeat a key
 * and may not have empty values or unknown keys.
 */
import * as v from "valibot";
import { type Domain, expectedOf, type ModelCard, OPTIONS, type Option, OptionError, type SampleOptions } from "../../wasm-model/index.ts";
import { domainInWords as optionInWords } from "../../wasm-model/request/options.ts";
import { decimalText } from "../../wasm-model/request/recipe.ts";
import { unknownOption } from "../../wasm-model/request/resolve.ts";

export interface QueryOption extends Pick<Option, "default" | "doc">, Partial<Pick<Option, "example">> {
  /** `model`: the name of a model. */
  readonly domain: Domain | { readonly type: "model" };
}

const { seed, frames, strength: _ofVariations, sigma: _ofDenoising, ...others } = OPTIONS;

export const QUERY_OPTIONS = {
  seed,
  model: {
    domain: { type: "model" },
    default: "the server's first model",
    doc: "The model that draws.",
  },
  ...others,
  format: {
    domain: { type: "choice", values: ["png", "apng"] },
    default: "png",
    doc: "What the answer is: an image (png), or its annealing as an animation (apng).",
    example: "png",
  },
  frames,
} as const satisfies Record<string, QueryOption>;

export type QueryName = keyof typeof QUERY_OPTIONS;

export const QUERY_NAMES = Object.keys(QUERY_OPTIONS) as QueryName[];

export const FORMATS = QUERY_OPTIONS.format.domain.values;

export type Format = (typeof FORMATS)[number];

/** What an option takes, in words. With a card, what it takes for that model. */
export function expected(name: QueryName, card?: ModelCard): string {
  return card && name !== "model" && name !== "format" ? expectedOf(name, card) : domainInWords(QUERY_OPTIONS[name].domain);
}

export const domainInWords = (domain: QueryOption["domain"]): string =>
  domain.type === "model" ? "the name of a model" : optionInWords(domain);

export interface Query {
  readonly model?: string | undefined;
  readonly format: Format;
  /** The options for `resolve`, when the model is known and a missing seed has been chosen. */
  readonly options: Partial<SampleOptions>;
}

/** The options of an address that names model, seed and format itself. */
export const ADDRESS_KEYS = QUERY_NAMES.filter((name) => !["model", "seed", "format"].includes(name));

function valueSchema(name: QueryName): v.GenericSchema<unknown, string> {
  const { domain }: QueryOption = QUERY_OPTIONS[name];
  const text = domain.type === "choice" ? v.picklist(domain.values) : v.pipe(v.string(), v.minLength(1));
  return v.pipe(
    v.strictTuple([text]),
    v.transform(([value]) => value),
  );
}

const VALUES = Object.fromEntries(QUERY_NAMES.map((name) => [name, v.optional(valueSchema(name))])) as Record<
  QueryName,
  v.OptionalSchema<ReturnType<typeof valueSchema>, undefined>
>;

/** Parses the options that a route takes. */
export type QueryParser = (query: QueryPairs) => Query;

/**
 * Makes a parser that throws `OptionError` for the first key that breaks the schema. Ranges that depend on the model
 * are checked by `resolve`.
 */
export function queryParser(keys: readonly QueryName[]): QueryParser {
  const entries = Object.fromEntries(keys.map((name) => [name, VALUES[name]])) as typeof VALUES;
  const schema = v.strictObject(entries);
  return (query) => {
    const values = Object.fromEntries(valuesByKey(query));
    const result = v.safeParse(schema, values, { abortEarly: true });
    if (!result.success) throw optionError(result.issues[0], values, keys);
    const { model, format = QUERY_OPTIONS.format.default, ...options } = result.output;
    return { model, format: format as Format, options: options as Query["options"] };
  };
}

export const parseQuery = queryParser(QUERY_NAMES);

/** Keys and values, in their order. */
export type QueryPairs = Iterable<readonly [key: string, value: string]>;

/** More parts than any query has. What reads them costs less than an image. */
const MAX_PARTS = 64;

/**
 * The query of an address, decoded like URLSearchParams, but in one pass. Throws `OptionError` for too many parts, and
 * for invalid percent encoding: all of it would be read as the same replacement characters.
 */
export function queryOf(url: string): [key: string, value: string][] {
  const [address] = url.split("#", 1);
  const start = address.indexOf("?");
  if (start < 0) return [];
  const pairs = address.slice(start + 1).split("&");
  if (pairs.length > MAX_PARTS) throw new OptionError("invalid-value", "query", `at most ${MAX_PARTS} options`, pairs.length);
  return pairs.filter((pair) => pair !== "").map(decoded);
}

/**
 * Whether an address spells its options as our own addresses do: no empty parts, the options in their order, each value
 * in its shortest form and percent-encoded once. An image has few such addresses and endless others, and a cache would
 * keep each one. `label`: the class as our own address names it.
 */
export function isOwnSpelling(url: string, label: string | number | undefined): boolean {
  const start = url.indexOf("?");
  if (start < 0) return true;
  let last = -1;
  return url
    .slice(start + 1)
    .split("&")
    .every((pair) => {
      const [key, value] = decoded(pair);
      const place = QUERY_NAMES.indexOf(key as QueryName); // an empty part has none
      if (place <= last) return false;
      last = place;
      const spelled = ownSpelling(key as QueryName, value, label);
      return [`${key}=${encodeURIComponent(spelled)}`, new URLSearchParams([[key, spelled]]).toString()].includes(pair);
    });
}

/** A valid value as our own addresses spell it. A class may also be its index, and a colour may have three digits. */
function ownSpelling(name: QueryName, value: string, label: string | number | undefined): string {
  const { type } = QUERY_OPTIONS[name].domain;
  if (type === "integer" || type === "number" || type === "pixels") return decimalText(Number(value));
  if (type === "colour") return value.replace("#", "").toLowerCase();
  if (type !== "class" || value === label) return value;
  const index = Number(value);
  return Number.isInteger(index) ? String(index) : String(label);
}

function decoded(pair: string): [key: string, value: string] {
  const equals = pair.indexOf("=");
  const [key, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
  try {
    return [decodeURIComponent(key.replaceAll("+", " ")), decodeURIComponent(value.replaceAll("+", " "))];
  } catch {
    const isKnown = QUERY_NAMES.some((name) => name === key); // what else is there may be the rest of a value
    throw new OptionError("invalid-value", isKnown ? key : "query", "percent-encoded UTF-8", isKnown ? value : pair);
  }
}

/** Collects values in one pass over the query, however often its keys repeat. */
function valuesByKey(query: QueryPairs): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [key, value] of query) {
    const known = values.get(key);
    if (known) known.push(value);
    else values.set(key, [value]);
  }
  return values;
}

function optionError({ path }: v.BaseIssue<unknown>, values: Record<string, string[]>, keys: readonly QueryName[]): OptionError {
  const key = String(path?.[0].key);
  const given = values[key];
  const name = keys.find((known) => known === key);
  if (!name) return unknownOption(key, keys, given[0]);
  if (given.length > 1) return new OptionError("repeated-option", name, `one value only (${expected(name)})`, `${given.length} values`);
  return valueError(name, given[0]);
}

/** The error for a value that is empty or outside its option's domain. */
export function valueError(name: QueryName, received: string): OptionError {
  if (received === "") return new OptionError("empty-value", name, expected(name), "nothing");
  return new OptionError("invalid-value", name, expected(name), received);
}
