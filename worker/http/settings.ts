/** Checks what the operator has set: variables of wrangler.toml, or options of `anneal`. */
import type { MiddlewareHandler } from "hono";
import * as v from "valibot";
import { faultOf, integer, number, object, openObject } from "../../wasm-model/schema/fields.ts";
import type { Env } from "./env.ts";
import type { AnnealEvent, AnnealOptions, AnswerCache, ModelBytes } from "./hono-options.ts";
import { ConfigurationError } from "./problems.ts";

const MOST = Number.MAX_SAFE_INTEGER;
const EXPECTED_COST = `a number of multiply-accumulates from 1 to ${MOST}, such as 5e9`;

/** Variables that `--var` sets are texts. */
const COST = v.optional(v.pipe(v.union([v.number(), v.string()], EXPECTED_COST), v.transform(Number), number(1, MOST, EXPECTED_COST)));

const VARIABLES = openObject({
  BUDGET: COST,
  RATE_LIMIT: COST,
  LOG: v.optional(v.union([v.boolean(), v.picklist(["true", "false"])], "true or false")),
  SOURCE: v.optional(v.string("the address of the source code")),
});

const isBytes = (value: unknown): boolean =>
  value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object ArrayBuffer]";

const MODEL = v.custom<ModelBytes>(isBytes, "the bytes of a model file");
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
    budget: COST,
    rateLimit: COST,
    client: FUNCTION,
    trustProxy: v.optional(v.union([v.boolean(), integer(0, MAX_PROXIES, PROXIES)], PROXIES)),
    cache: v.optional(CACHE),
    onEvent: FUNCTION,
    source: v.optional(v.string("the address of the source code")),
  } satisfies Record<keyof AnnealOptions, v.GenericSchema | v.GenericSchema<unknown, unknown>>,
  "an object of options",
);

function check(schema: v.GenericSchema<unknown, unknown>, value: unknown): void {
  const fault = faultOf(schema, value);
  if (!fault) return;
  const { name, expected, received } = fault;
  throw new ConfigurationError(`Expected ${expected} for ${name ? `\`${name}\`` : "the options"} but received ${received}`);
}

/** Throws `ConfigurationError` for an option that does not exist and for an invalid one. */
export const checkOptions = (options: unknown): void => check(OPTIONS, options);

/** Throws `ConfigurationError` for an invalid variable. */
export const checkVariables = (variables: unknown): void => check(VARIABLES, variables);

/** Writes a line of JSON for each request. */
const log = (event: AnnealEvent): void => console.log(JSON.stringify({ time: new Date(), ...event }));

/** What `LOG` sets. */
export const logFrom = ({ LOG }: { readonly LOG?: unknown }): typeof log | undefined => (String(LOG) === "true" ? log : undefined);

/** The options that an environment sets (`settingsFrom` of anneal/hono). Throws `ConfigurationError` for an invalid variable. */
export function settingsFrom(env: object): Pick<AnnealOptions, "budget" | "rateLimit" | "onEvent" | "source"> {
  checkVariables(env);
  const { BUDGET, RATE_LIMIT, SOURCE } = env as Pick<Env["Bindings"], "BUDGET" | "RATE_LIMIT" | "SOURCE">;
  const onEvent = logFrom(env);
  return {
    ...(BUDGET !== undefined && { budget: Number(BUDGET) }),
    ...(RATE_LIMIT !== undefined && { rateLimit: Number(RATE_LIMIT) }),
    ...(SOURCE !== undefined && { source: SOURCE }),
    ...(onEvent && { onEvent }),
  };
}

/** Answers no request if the server's settings are invalid. */
export const configured: MiddlewareHandler<Env> = (c, next) => {
  checkVariables(c.env);
  return next();
};
