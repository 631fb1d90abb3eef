/** Limits: what a request may cost, how many run at a time, and how often a client may ask. Variables of wrangler.toml override these defaults. */
import type { Context, MiddlewareHandler } from "hono";
import { timingSafeEqual } from "hono/utils/buffer";
import { type ModelCard, OptionError, type Settings } from "../../wasm-model/index.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import type { Env } from "../env.ts";
import { Refusal } from "./errors.ts";

/** 1000 evaluations of the default model, and the largest picture. */
const COST_BUDGET = 48e9;
const MAX_IN_FLIGHT = 16;
/** Seconds; the period of the rate limit in wrangler.toml. */
const PERIOD = 60;

/** The most bytes of an upload, summed over the fields of a form. */
export const MAX_UPLOAD = 262_144;

type Ctx = Context<Env>;

/** What an environment allows. Costs are in multiply-accumulates (wasm-model/render/cost.ts). */
export interface Limits {
  /** The highest cost of a request. */
  readonly budget: number;
}

export const limitsOf = ({ COST_BUDGET: budget = COST_BUDGET }: Env["Bindings"]): Limits => ({ budget: Number(budget) });

export const maxInFlight = (env: Env["Bindings"]): number => Number(env.MAX_IN_FLIGHT ?? MAX_IN_FLIGHT);

/** Throws `OptionError` for a picture that costs more than a request may. It names the option that makes it so: `n` in a grid, otherwise `steps` or `size`. */
export function checkBudget({ budget }: Limits, cost: number, { n = 1, nfe }: Pick<Settings, "n" | "nfe">, { spec }: ModelCard): void {
  if (cost <= budget) return;
  const key = n > 1 ? "n" : 2 * nfe * macsOf(spec) >= cost ? "steps" : "size";
  throw new OptionError("over-budget", key, `a picture that costs at most ${gmac(budget)}`, `one of ${gmac(cost)}`);
}

/** In billions of multiply-accumulates, rounded up to thousandths. */
export const gmac = (cost: number): string => `${Math.ceil(cost / 1e6) / 1000} GMAC`;

/** The start time of each picture that is being drawn. */
const inFlight = new Map<symbol, number>();

/** Milliseconds after which a picture no longer counts as in flight: when a client disconnects, the platform may end the request without running its `finally`. */
const LONGEST = 60_000;

/** When the latest picture was finished. */
let latest = 0;

/** Estimated milliseconds of an evaluation: in production the clock does not advance during computation. */
const EVALUATION = 0.4;

/** Runs `work`, which takes `nfe` network evaluations. Throws as `enter` does. */
export async function limited<T>(c: Ctx, nfe: number, work: () => Promise<T>): Promise<T> {
  const leave = await enter(c, nfe);
  try {
    return await work();
  } finally {
    leave();
  }
}

/**
 * To be called before work of `nfe` network evaluations; returns the function to call after it. Throws a `Refusal` if too many pictures are in flight or the
 * client exceeds its rate. A short picture is drawn without yielding, and requests that arrive meanwhile wait in the event loop. So if another picture is in flight
 * or was just finished, this yields once: waiting requests are admitted or refused first.
 */
export async function enter(c: Ctx, nfe: number): Promise<() => void> {
  const most = maxInFlight(c.env);
  const now = Date.now();
  if (inFlight.size >= most) {
    for (const [key, begun] of inFlight) if (now - begun > LONGEST) inFlight.delete(key);
  }
  if (inFlight.size >= most) {
    const detail = `The server is already drawing ${most} pictures, the most that it may at a time. Try again in a second.`;
    throw new Refusal({ status: 503, code: "busy", detail }, { "Retry-After": "1" });
  }
  const crowded = inFlight.size > 0 || now - latest <= 1;
  const key = Symbol();
  const leave = () => {
    if (inFlight.delete(key)) latest = Math.max(Date.now(), now + EVALUATION * nfe);
  };
  inFlight.set(key, now); // before the first await, or other requests could pass the check meanwhile
  c.req.raw.signal.addEventListener("abort", leave, { once: true });
  try {
    await checkRate(c);
    if (crowded) await scheduler.wait(0);
  } catch (error) {
    leave();
    throw error;
  }
  return leave;
}

async function checkRate(c: Ctx): Promise<void> {
  const outcome = await c.env.RATE_LIMIT?.limit({ key: c.req.header("CF-Connecting-IP") ?? "" });
  if (outcome === undefined || outcome.success) return;
  const detail = `This address has requested more pictures than it may in ${PERIOD} seconds.`;
  throw new Refusal({ status: 429, code: "too-many-requests", detail }, { "Retry-After": String(PERIOD) });
}

/** Checks the token before the body of an upload is read. Throws as `checkToken` does. */
export const tokenBeforeBody: MiddlewareHandler<Env> = async (c, next) => {
  if (c.req.method === "POST") await checkToken(c);
  await next();
};

/** Throws a `Refusal` unless the request carries the token, where the Worker has one. The scheme's name may be in upper or lower case (RFC 9110, section 11.1). */
export async function checkToken(c: Ctx): Promise<void> {
  const token = c.env.API_TOKEN;
  const given = c.req.header("Authorization");
  const [, credentials] = /^bearer +(.*)$/i.exec(given ?? "") ?? [];
  if (!token || (await timingSafeEqual(credentials ?? "", token))) return;
  const received = given === undefined ? "nothing" : "another value";
  const mistake = {
    status: 401,
    code: "unauthorized",
    key: "Authorization",
    expected: "`Bearer` and the server's token",
    received,
  } as const;
  throw new Refusal(mistake, { "WWW-Authenticate": "Bearer" });
}
