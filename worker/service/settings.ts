/** Checks what the operator has set: variables of wrangler.toml, or options of `anneal`. */
import * as v from "valibot";
import { isA } from "../../wasm-model/schema/bytes.ts";
import { describeFault, faultOf, integer, number, object, openObject } from "../../wasm-model/schema/fields.ts";
import type { AnnealEvent, AnnealOptions, AnswerCache, ModelBytes, SiteModel } from "./hono.d.ts";
import { ConfigurationError } from "./problems.ts";

const MOST = Number.MAX_SAFE_INTEGER;
const EXPECTED_COST = `a number of multiply-accumulates from 1 to ${MOST}, such as 5e9`;

const COST = number(1, MOST, EXPECTED_COST);
/** Variables that `--var` sets are texts. */
const COST_VARIABLE = v.optional(v.pipe(v.union([v.number(), v.string()], EXPECTED_COST), v.transform(Number), COST));

const VARIABLES = openObject({
  BUDGET: COST_VARIABLE,
  RATE_LIMIT: COST_VARIABLE,
  LOG: v.optional(v.union([v.boolean(), v.picklist(["true", "false"])], "true or false")),
});

const isModel = (value: unknown): boolean => {
  if (isA("Uint8Array", value) || isA("ArrayBuffer", value)) return true;
  const { path, version, sha256 } = Object(value) as Partial<SiteModel>; // its card is checked with those of files
  return [path, version, sha256].every((text) => typeof text === "string");
};

const MODEL = v.custom<ModelBytes | SiteModel>(isModel, "the bytes of a model file, or an entry of models.json");
const FUNCTION = v.optional(v.function("a function"));
const CACHE = v.custom<AnswerCache>((value) => {
  const { match, put } = (value ?? {}) as Partial<AnswerCache>;
  return typeof match === "function" && typeof put === "function";
}, "a cache with the methods `match` and `put`");

/** The most proxies in a row. */
const MAX_PROXIES = 16;
const PROXIES = `true, false or a number of proxies from 0 to ${MAX_PROXIES}`;

const OPTIONS = object(
  {
    models: v.array(MODEL, "a list of models"),
    budget: v.optional(COST),
    rateLimit: v.optional(COST),
    client: FUNCTION,
    trustProxy: v.optional(v.union([v.boolean(), integer(0, MAX_PROXIES, PROXIES)], PROXIES)),
    cache: v.optional(CACHE),
    onEvent: FUNCTION,
  } satisfies Record<keyof AnnealOptions, v.GenericSchema | v.GenericSchema<unknown, unknown>>,
  "an object of options",
);

function check(schema: v.GenericSchema<unknown, unknown>, value: unknown): void {
  const fault = faultOf(schema, value);
  if (fault) throw new ConfigurationError(describeFault(fault, "the options", ""));
}

/** What a service may do and spend, checked. Costs are in multiply-accumulates (wasm-model/render/cost.ts). */
export interface ServiceSettings extends Pick<AnnealOptions, "cache" | "onEvent"> {
  /** The highest cost of a request. */
  readonly budget: number;
  /** The highest cost that a client may have in flight (queue.ts). */
  readonly inFlight: number;
  /** What a client may spend per second on average (token-buckets.ts). Without it, as much as the isolate can do. */
  readonly rate: number | undefined;
}

/** Thirteen images by `avatars`, or one by its 90 evaluations of `ald`: some 80 ms. */
const DEFAULT_BUDGET = 5e9;

/** A client may have as much in flight as this many requests of the highest cost. */
const REQUESTS = 10;

/** Throws `ConfigurationError` for an option that does not exist and for an invalid one. */
export function settingsOf(options: AnnealOptions): ServiceSettings {
  check(OPTIONS, options);
  const { budget = DEFAULT_BUDGET, rateLimit: rate, cache, onEvent } = options;
  const inFlight = REQUESTS * Math.max(budget, DEFAULT_BUDGET);
  return { budget, inFlight, rate, ...(cache && { cache }), ...(onEvent && { onEvent }) };
}

/** Writes a line of JSON for each request. */
const log = (event: AnnealEvent): void => console.log(JSON.stringify({ time: new Date(), ...event }));

/** The options that an environment sets. Throws `ConfigurationError` for an invalid variable. */
export function settingsFrom(env: object): Pick<AnnealOptions, "budget" | "rateLimit" | "onEvent"> {
  check(VARIABLES, env);
  const { BUDGET, RATE_LIMIT, LOG } = env as v.InferInput<typeof VARIABLES>;
  return {
    ...(BUDGET !== undefined && { budget: Number(BUDGET) }),
    ...(RATE_LIMIT !== undefined && { rateLimit: Number(RATE_LIMIT) }),
    ...(String(LOG) === "true" && { onEvent: log }),
  };
}
