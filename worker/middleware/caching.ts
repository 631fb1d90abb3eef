/**
 * How answers may be kept. What an address with a version names never changes; what another decides alone is kept and asked for again by its ETag, since a
 * new release may draw other bytes.
 */
import { RETAINED_304_HEADERS } from "hono/etag";

export const CACHEABLE = "public, max-age=0, must-revalidate";

/** A year, the most that caches heed. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

/** For answers that no one can get twice, as those of a random seed. */
export const UNREPEATABLE = "no-store";

/** A page of another origin may read a 304 too. */
export const RETAINED_HEADERS = [...RETAINED_304_HEADERS, "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"];

/** Whether the client says, in `If-None-Match`, that it has what this tag names (RFC 9110, section 13.1.2). */
export function has(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
}
