/**
 * A request for an image: its query is parsed, then resolved with its model, once. The options are those of the library, and two
 * that only the service has: the model and the file's format. The OpenAPI document's parameters and API.md's table are derived from
 * the same table.
 */
import { apng, type Model, OptionError } from "../../wasm-model/index.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { costOf, IMAGE_COST } from "../../wasm-model/render/cost.ts";
import { type Progress, render } from "../../wasm-model/render/render.ts";
import { OPTIONS, type Option } from "../../wasm-model/request/option-docs.ts";
import { type Domain, domainInWords as optionInWords, type Requested, randomSeed } from "../../wasm-model/request/options.ts";
import { type CanonicalOptions, canonicalOptions, decimalText } from "../../wasm-model/request/recipe.ts";
import { resolve, type Settings, unknownOption } from "../../wasm-model/request/resolve.ts";
import type { RequestContext } from "./context.ts";
import type { ServedModel } from "./models.ts";
import type { Ticket } from "./queue.ts";
import type { Bytes } from "./send.ts";
import { gmac } from "./settings.ts";

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

export const MEDIA_TYPES = { png: "image/png", apng: "image/apng" } as const;

export type Format = keyof typeof MEDIA_TYPES;

export const FORMATS = QUERY_OPTIONS.format.domain.values;

/** What an option takes, in words. */
export const domainInWords = (domain: QueryOption["domain"]): string =>
  domain.type === "model" ? "the name of a model" : optionInWords(domain);

export interface Query {
  readonly model?: string | undefined;
  readonly format: Format;
  /** The options for `resolve`. */
  readonly options: { readonly [Name in keyof Requested<"sample">]?: string };
}

/** The options of an address that names model, seed and format itself. */
export const ADDRESS_KEYS = QUERY_NAMES.filter((name) => !["model", "seed", "format"].includes(name));

/**
 * The options in the query of an address, of which the path may name seed, percent-encoded, and format. Throws `OptionError` for the
 * first one that is wrong: a key that does not exist or is repeated, an empty value, a choice that there is not. What depends on the
 * model is checked by `imageRequest`.
 */
export function parseQuery(url: string, named?: { readonly seed: string; readonly format: Format }): Query {
  const keys = named ? ADDRESS_KEYS : QUERY_NAMES;
  const pairs = queryPairs(url);
  const values: Partial<Record<QueryName, string>> = {};
  for (const [key, value] of pairs) {
    const name = keys.find((known) => known === key);
    if (!name) throw unknownOption(key, keys, value);
    const { domain }: QueryOption = QUERY_OPTIONS[name];
    const count = pairs.filter(([other]) => other === key).length;
    if (count > 1) throw new OptionError("repeated-option", name, `one value only (${domainInWords(domain)})`, `${count} values`);
    if (value === "" || (domain.type === "choice" && !domain.values.includes(value))) throw valueError(name, value);
    values[name] = value;
  }
  const {
    model,
    format = QUERY_OPTIONS.format.default,
    ...options
  } = { ...values, ...(named && { ...named, seed: decodeSeed(named.seed) }) };
  if (options.frames !== undefined && format !== "apng")
    throw new OptionError("invalid-value", "format", "apng", format, (option) => `\`frames\` works with the \`${option}\` apng only`);
  return { model, format: format as Format, options };
}

/**
 * The query of an address, decoded. Throws `OptionError` for invalid percent encoding: all of it would be read as the same
 * replacement characters.
 */
function queryPairs(url: string): (readonly [key: string, value: string])[] {
  const { search, searchParams } = new URL(url);
  const part = search
    .slice(1)
    .split("&")
    .find((text) => !isDecodable(text));
  if (part === undefined) return [...searchParams];
  const key = QUERY_NAMES.find((name) => part.startsWith(`${name}=`)); // what else is there may be the rest of a value
  throw new OptionError("invalid-value", key ?? "query", "percent-encoded UTF-8", key ? part.slice(key.length + 1) : part);
}

function isDecodable(text: string): boolean {
  try {
    return typeof decodeURIComponent(text) === "string";
  } catch {
    return false;
  }
}

/** Throws `OptionError` if it is empty or its encoding is invalid. */
function decodeSeed(part: string): string {
  if (part === "" || !isDecodable(part)) throw valueError("seed", part);
  return decodeURIComponent(part);
}

/** The error for a value that is empty or outside its option's domain. */
function valueError(name: QueryName, received: string): OptionError {
  const expected = domainInWords(QUERY_OPTIONS[name].domain);
  return received === ""
    ? new OptionError("empty-value", name, expected, "nothing")
    : new OptionError("invalid-value", name, expected, received);
}

/** A resolved request. */
export interface ImageRequest {
  readonly settings: Settings;
  /** The options that give these settings. */
  readonly canonical: CanonicalOptions;
  readonly format: Format;
  /** In multiply-accumulates. */
  readonly cost: number;
  /** The permanent address of these bytes. */
  readonly url: string;
}

/** Chooses a missing seed. Throws `OptionError`, for an image that costs more than a request may, too. */
export function imageRequest({ settings: { budget }, base }: RequestContext, model: ServedModel, { format, options }: Query): ImageRequest {
  const frames = format === "apng" ? (options.frames ?? OPTIONS.frames.default) : undefined;
  const { card } = model;
  const given = { ...options, seed: options.seed ?? randomSeed(), frames };
  const settings = resolve("sample", given, card);
  const cost = costOf(settings, card);
  if (cost > budget) throw overBudget(budget, cost, given);
  const canonical = canonicalOptions(settings, card);
  return { settings, canonical, format, cost, url: base + permanentPath(model, canonical, format) };
}

/** What an image's cost depends on, most first. */
const COSTLY = ["n", "size", "steps", "guidance", "sampler"] as const;

/** The error for an image that costs more than a request may. It names an option that it has; `steps`, which may be added, if there is none. */
function overBudget(budget: number, cost: number, given: Requested<"sample">): OptionError {
  const option = COSTLY.find((name) => given[name] !== undefined) ?? "steps";
  const expected = `an image that costs at most ${gmac(budget)} (a device draws others, by the widget or the library)`;
  return new OptionError("over-budget", option, expected, `one that costs ${gmac(cost)}`);
}

function permanentPath({ name, version }: ServedModel, { seed, ...options }: CanonicalOptions, format: Format): string {
  const text = (value: string | number | undefined): string => (typeof value === "number" ? decimalText(value) : String(value));
  const query = new URLSearchParams(Object.entries(options).map(([key, value]) => [key, text(value)]));
  return `/v1/${name}@${version}/${encodeURIComponent(seed)}.${format}?${query}`;
}

/** The file of the image. Between evaluations it yields to the event loop. Throws the signal's reason when aborted. */
export async function drawFile(request: ImageRequest, model: Model, ticket: Ticket, signal: AbortSignal): Promise<Bytes> {
  const { settings, canonical, format, cost } = request;
  const macs = macsOf(model.card.spec);
  ticket.spend(IMAGE_COST);
  const onStep = ({ evaluations }: Progress): void => ticket.spend(IMAGE_COST + evaluations * macs);
  const image = await render(model, settings, { canonical, signal, onStep });
  const file = format === "apng" ? apng(image) : image.png();
  ticket.spend(cost);
  return file;
}
