/** Checks what the operator has set: variables of wrangler.toml, or options of `anneal`; and what a default image costs, which must fit. */
import * as v from "valibot";
import type { ModelCard, SampleOptions } from "../../wasm-model/index.ts";
import { costOf } from "../../wasm-model/render/cost.ts";
import { resolve } from "../../wasm-model/request/resolve.ts";
import { isA } from "../../wasm-model/schema/bytes.ts";
import { describeFault, faultOf, integer, number, object, openObject } from "../../wasm-model/schema/fields.ts";
import type { AnnealEvent, AnnealOptions, AnswerCache } from "./hono.d.ts";
import { ConfigurationError } from "./problems.ts";
import { BURST } from "./queue.ts";

/** The path that monitors ask for. */
export const HEALTH_PATH = "/health";

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

const MODEL = v.custom((value) => isA("Uint8Array", value) || isA("ArrayBuffer", value), "the bytes of a model file");
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

function expectValid(schema: v.GenericSchema<unknown, unknown>, value: unknown): void {
  const fault = faultOf(schema, value);
  if (fault) throw new ConfigurationError(describeFault(fault, "the options", ""));
}

/** What a service may do and spend, checked. Costs are in multiply-accumulates (wasm-model/render/cost.ts). */
export interface ServiceSettings extends Pick<AnnealOptions, "cache" | "onEvent"> {
  /** The highest cost of a request. */
  readonly budget: number;
  /** The highest cost that a client may have in flight (queue.ts). */
  readonly inFlight: number;
  /** What a client may spend per second on average. Without it, as much as the isolate can do. */
  readonly rate: number | undefined;
}

/** Thirty images by `pixels`, or one by the 90 evaluations that `avatars` has by `ald`: some 80 ms. */
const DEFAULT_BUDGET = 5e9;

/** A client may have as much in flight as this many requests of the highest cost. */
const REQUESTS = 10;

/** Throws `ConfigurationError` for an option that does not exist and for an invalid one. */
export function checkOptions(options: AnnealOptions): ServiceSettings {
  expectValid(OPTIONS, options);
  const { budget = DEFAULT_BUDGET, rateLimit: rate, cache, onEvent } = options;
  const inFlight = REQUESTS * Math.max(budget, DEFAULT_BUDGET);
  return { budget, inFlight, rate, ...(cache && { cache }), ...(onEvent && { onEvent }) };
}

/** Writes a line of JSON for each request but those of monitors that find all well. */
const log = (event: AnnealEvent): void => {
  if (event.route !== HEALTH_PATH || event.status >= 400) console.log(JSON.stringify({ time: new Date(), ...event }));
};

/** The options that an environment sets. Throws `ConfigurationError` for an invalid variable. */
export function settingsFrom(env: object): Pick<AnnealOptions, "budget" | "rateLimit" | "onEvent"> {
  expectValid(VARIABLES, env);
  const { BUDGET, RATE_LIMIT, LOG } = env as v.InferInput<typeof VARIABLES>;
  return {
    ...(BUDGET !== undefined && { budget: Number(BUDGET) }),
    ...(RATE_LIMIT !== undefined && { rateLimit: Number(RATE_LIMIT) }),
    ...(String(LOG) === "true" && { onEvent: log }),
  };
}

const FEWER_STEPS = "export the model again with fewer steps, by `npx anneal export --steps`";

/**
 * Warns the operator of each model whose default image costs more than a request may. Throws `ConfigurationError` for a budget that
 * is enough for none of them, and for a rate of which a minute is not.
 */
export function checkDefaults(
  { budget, rate }: ServiceSettings,
  models: readonly { readonly name: string; readonly card: ModelCard }[],
): void {
  const costs = models.map(({ card }) => defaultCost(card));
  const least = Math.min(...costs);
  if (budget < least) {
    const expected = `at least ${least} multiply-accumulates, the cost of a default image, for \`budget\``;
    throw new ConfigurationError(`Expected ${expected} but received ${budget}: raise it, or ${FEWER_STEPS}`);
  }
  if (rate !== undefined && BURST * rate < least) {
    const expected = `at least ${Math.ceil(least / BURST)} multiply-accumulates a second, a default image a minute,`;
    throw new ConfigurationError(`Expected ${expected} for \`rateLimit\` but received ${rate}`);
  }
  for (const [i, { name }] of models.entries()) {
    if (costs[i] <= budget) continue;
    const refused = `An image by \`${name}\` costs ${gmac(costs[i])}, and a request may cost ${gmac(budget)}, so it is refused unless it has fewer steps`;
    console.warn(`${refused}. Raise the budget, or ${FEWER_STEPS}.`);
  }
}

/** The cost of an image without options, or with these alone. */
export const defaultCost = (card: ModelCard, options: Pick<SampleOptions, "steps" | "size"> = {}): number =>
  costOf(resolve("sample", { seed: "7", ...options }, card), card);

/** In billions of multiply-accumulates, rounded up to thousandths. */
export const gmac = (cost: number): string => `${Math.ceil(cost / 1e6) / 1000} GMAC`;
