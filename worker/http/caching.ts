/**
 * How answers may be cached. The answer at an address with a version never changes. Other repeatable answers are cached
 * and revalidated by their ETag, since a new release may give other bytes.
 */
import { RETAINED_304_HEADERS } from "hono/etag";

export const CACHEABLE = "public, max-age=0, must-revalidate";

/** One year, the longest that caches honour. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

/** For answers that cannot be repeated, such as those with a random seed. */
export const UNREPEATABLE = "no-store";

/** The headers that a 304 keeps, including those that let pages of other origins read it. */
export const RETAINED_HEADERS = [...RETAINED_304_HEADERS, "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"];

/** Whether the header `If-None-Match` contains this tag (RFC 9110, section 13.1.2). */
export function has(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
}
