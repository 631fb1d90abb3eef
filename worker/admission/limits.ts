/** The operator's settings: what a request may cost, what a client may spend, and who may upload how much. */
import type { Context, MiddlewareHandler } from "hono";
import { timingSafeEqual } from "hono/utils/buffer";
import { type ModelCard, OptionError, type Settings } from "../../wasm-model/index.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import type { Env } from "../http/env.ts";
import { originsIn } from "../http/headers.ts";
import { asGiven, ConfigurationError, ProblemError } from "../http/problems.ts";

/** Thirteen images by `avatars`, or one by its 90 evaluations of `ald`: some 80 ms. */
const COST_BUDGET = 5e9;

/** A client may have as much in flight as this many requests of the highest cost. */
const REQUESTS = 10;

/** The most bytes of an upload, summed over the fields of a form. */
export const MAX_UPLOAD = 262_144;

/** What an environment allows. Costs are in multiply-accumulates (wasm-model/render/cost.ts). */
export interface Limits {
  /** The highest cost of a request. */
  readonly budget: number;
  /** The highest cost that a client may have in flight (queue.ts). */
  readonly inFlight: number;
  /** What a client may spend per second on average (token-buckets.ts). By default, as much as the isolate can do. */
  readonly rate?: number;
}

const CHECKED = ["COST_BUDGET", "COST_RATE", "API_TOKEN", "UPLOAD_ORIGINS", "LOG"] as const;

type CheckedBindings = Readonly<Partial<Pick<Env["Bindings"], (typeof CHECKED)[number]>>>;

/** The operator's names for these settings: variables of wrangler.toml, or options of `anneal`. */
type SettingNames = Readonly<Record<keyof CheckedBindings, string>>;

const VARIABLES = Object.fromEntries(CHECKED.map((name) => [name, name])) as SettingNames;

/** `*`, `null`, or scheme, host and port as browsers write them in `Origin`: in small letters, without a slash at the end. */
const ORIGIN = /^(?:\*|null|[a-z][a-z\d+.-]*:\/\/[^\s/?#A-Z]+)$/;

/** Throws `ConfigurationError` for an invalid setting: what `limitsOf` refuses, and origins and logs that nobody would see. */
export function checkSettings(settings: CheckedBindings, names = VARIABLES): void {
  limitsOf(settings, names);
  const { UPLOAD_ORIGINS: origins, LOG: log } = settings;
  const wrong = origins === undefined ? undefined : originsIn(String(origins)).find((origin) => origin !== "" && !ORIGIN.test(origin));
  if (wrong !== undefined)
    throw new ConfigurationError(
      `Expected origins as browsers send them, such as https://pages.example, for \`${names.UPLOAD_ORIGINS}\` but received ${asGiven(wrong)}`,
    );
  if (log !== undefined && !["true", "false", "addresses"].includes(String(log)))
    throw new ConfigurationError(`Expected true, false or "addresses" for \`${names.LOG}\` but received ${asGiven(log)}`);
}

/**
 * The limits of an environment. Throws `ConfigurationError` for an invalid limit, and for an empty token, which would
 * let everybody upload.
 */
export function limitsOf(settings: CheckedBindings, names = VARIABLES): Limits {
  const cost = (key: "COST_BUDGET" | "COST_RATE"): number | undefined => {
    const value = settings[key];
    if (value === undefined) return undefined;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && number >= 1 && number <= Number.MAX_SAFE_INTEGER) return number;
    throw new ConfigurationError(
      `Expected a number of multiply-accumulates from 1 to ${Number.MAX_SAFE_INTEGER}, such as 5e9, for \`${names[key]}\` but received ${asGiven(value)}`,
    );
  };
  const { API_TOKEN: token } = settings;
  if (token !== undefined && (typeof token !== "string" || token.trim() === "")) {
    const received = typeof token === "string" ? "an empty one" : `a ${typeof token}`;
    throw new ConfigurationError(`Expected a secret for \`${names.API_TOKEN}\`, or no such setting, but received ${received}`);
  }
  const budget = cost("COST_BUDGET") ?? COST_BUDGET;
  const rate = cost("COST_RATE");
  return { budget, inFlight: REQUESTS * Math.max(budget, COST_BUDGET), ...(rate !== undefined && { rate }) };
}

/** Answers no request if the server's settings are invalid. */
export const configured: MiddlewareHandler<Env> = (c, next) => {
  checkSettings(c.env);
  return next();
};

/**
 * Throws `OptionError` if an image costs more than a request may. The error names the option to reduce: `n` in a grid,
 * otherwise `steps` or `size`.
 */
export function checkBudget({ budget }: Limits, cost: number, { n = 1, nfe }: Pick<Settings, "n" | "nfe">, { spec }: ModelCard): void {
  if (cost <= budget) return;
  const key = n > 1 ? "n" : 2 * nfe * macsOf(spec) >= cost ? "steps" : "size";
  const expected = `an image that costs at most ${gmac(budget)} (a device draws others, by the widget or the library)`;
  throw new OptionError("over-budget", key, expected, `one that costs ${gmac(cost)}`);
}

/** In billions of multiply-accumulates, rounded up to thousandths. */
export const gmac = (cost: number): string => `${Math.ceil(cost / 1e6) / 1000} GMAC`;

/** Checks the token before the body of an upload is read. Throws as `checkToken` does. */
export const tokenBeforeBody: MiddlewareHandler<Env> = async (c, next) => {
  if (c.req.method === "POST") await checkToken(c);
  await next();
};

/**
 * Throws a `ProblemError` if the Worker has a token and the request does not carry it. The scheme's name may be in
 * upper or lower case (RFC 9110, section 11.1).
 */
export async function checkToken(c: Context<Env>): Promise<void> {
  const token = c.env.API_TOKEN;
  if (token === undefined) return;
  const given = c.req.header("Authorization");
  const [scheme, credentials] = [given?.slice(0, SCHEME.length).toLowerCase(), given?.slice(SCHEME.length).trimStart() ?? ""];
  if (scheme === SCHEME && (await timingSafeEqual(credentials, token))) return;
  const received = given === undefined ? "nothing" : "another value";
  const mistake = {
    status: 401,
    code: "unauthorized",
    key: "Authorization",
    expected: "`Bearer` and the server's token",
    received,
  } as const;
  throw new ProblemError(mistake, { "WWW-Authenticate": "Bearer" });
}

const SCHEME = "bearer ";
