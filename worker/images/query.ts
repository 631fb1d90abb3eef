/**
 * The options of queries: those of the library, and two that only the service has: the model and the file's format.
 * OpenAPI parameters and the list on the page are derived from the same table. A query may not repeat a key and may not have
 * empty values or unknown keys.
 */
import { type ModelCard, OptionError } from "../../wasm-model/index.ts";
import { OPTIONS, type Option } from "../../wasm-model/request/option-docs.ts";
import { type Domain, domainInWords as optionInWords, type Requested } from "../../wasm-model/request/options.ts";
import { expectedOf, unknownOption } from "../../wasm-model/request/resolve.ts";

export interface QueryOption extends Pick<Option, "default" | "doc">, Partial<Pick<Option, "example">> {
  /** `model`: the name of a model. */
  readonly domain: Domain | { readonly type: "model" };
}

const { seed, frames, strength: _ofVariations, ...others } = OPTIONS;

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
  readonly options: { readonly [Name in keyof Requested<"sample">]?: string };
}

/** The options of an address that names model, seed and format itself. */
export const ADDRESS_KEYS = QUERY_NAMES.filter((name) => !["model", "seed", "format"].includes(name));

/**
 * The options in the query of an address, which are among `keys`. Throws `OptionError` for the first one that is wrong. Ranges
 * that depend on the model are checked by `resolve`.
 */
export function parseQuery(url: string, keys: readonly QueryName[]): Query {
  const pairs = pairsOf(url);
  const values: Partial<Record<QueryName, string>> = {};
  for (const [key, value] of pairs) {
    const name = keys.find((known) => known === key);
    if (!name) throw unknownOption(key, keys, value);
    const count = pairs.filter(([other]) => other === key).length;
    if (count > 1) throw new OptionError("repeated-option", name, `one value only (${expected(name)})`, `${count} values`);
    const { domain }: QueryOption = QUERY_OPTIONS[name];
    if (value === "" || (domain.type === "choice" && !domain.values.includes(value))) throw valueError(name, value);
    values[name] = value;
  }
  const { model, format = QUERY_OPTIONS.format.default, ...options } = values;
  return { model, format: format as Format, options };
}

type Pair = readonly [key: string, value: string];

/** More parts than any query has. What reads them costs less than an image. */
const MAX_PARTS = 64;

/**
 * The query of an address, decoded like URLSearchParams, in one pass. Throws `OptionError` for too many parts, and for invalid
 * percent encoding: all of it would be read as the same replacement characters.
 */
export function pairsOf(url: string): Pair[] {
  const [address] = url.split("#", 1);
  const start = address.indexOf("?");
  if (start < 0) return [];
  const parts = address.slice(start + 1).split("&");
  if (parts.length > MAX_PARTS) throw new OptionError("invalid-value", "query", `at most ${MAX_PARTS} options`, parts.length);
  return parts.filter((text) => text !== "").map(decoded);
}

function decoded(text: string): Pair {
  const equals = text.indexOf("=");
  const [key, value] = equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
  try {
    return [decodeURIComponent(key.replaceAll("+", " ")), decodeURIComponent(value.replaceAll("+", " "))];
  } catch {
    const isKnown = QUERY_NAMES.some((name) => name === key); // what else is there may be the rest of a value
    throw new OptionError("invalid-value", isKnown ? key : "query", "percent-encoded UTF-8", isKnown ? value : text);
  }
}

/** The error for a value that is empty or outside its option's domain. */
export function valueError(name: QueryName, received: string): OptionError {
  if (received === "") return new OptionError("empty-value", name, expected(name), "nothing");
  return new OptionError("invalid-value", name, expected(name), received);
}
