/**
 * What a client may spend, in the header fields of draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` states the
 * limits, `RateLimit` what is left. Both count multiply-accumulates, a unit of our own, and hold for one isolate.
 */
import type { MiddlewareHandler } from "hono";
import { IMMUTABLE } from "../http/caching.ts";
import type { Env } from "../http/env.ts";
import { limitsOf } from "./limits.ts";
import { BURST } from "./token-buckets.ts";
import { left } from "./work.ts";

/** The largest integer of a structured field (RFC 9651, section 3.3.1). */
const LARGEST = 999_999_999_999_999;

const integer = (value: number): string => String(Math.min(Math.floor(value), LARGEST));

/** For limited routes. An answer that caches share for a year does not tell what one client has left. */
export const rateHeaders: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  const { inFlight, rate } = limitsOf(c.env);
  const unit = 'qu="multiply-accumulates"';
  const spending = rate === undefined ? [] : [`"spending";q=${integer(BURST * rate)};w=${BURST};${unit}`];
  const { headers } = c.res;
  headers.set("RateLimit-Policy", [...spending, `"in-flight";q=${integer(inFlight)};${unit}`].join(", "));
  if (rate === undefined || headers.get("Cache-Control") === IMMUTABLE) return;
  const { cost, seconds } = left(c, rate);
  headers.set("RateLimit", `"spending";r=${integer(cost)};t=${seconds}`);
};
