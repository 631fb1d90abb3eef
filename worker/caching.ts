/** How answers may be kept: whatever a request decides alone is kept and asked for again by its ETag, since a new release may draw other bytes. */
import { RETAINED_304_HEADERS } from "hono/etag";

export const CACHEABLE = "public, max-age=0, must-revalidate";

/** For answers that no one can get twice, as those of a random seed. */
export const UNREPEATABLE = "no-store";

/** A page of another origin may read a 304 too. */
export const RETAINED_HEADERS = [...RETAINED_304_HEADERS, "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"];
