/**
 * How answers may be cached. The answer at an address with a version never changes. Other repeatable answers are cached
 * and revalidated by their ETag, since a new release may give other bytes.
 */
import { RETAINED_304_HEADERS } from "hono/etag";

export const CACHEABLE = "public, max-age=0, must-revalidate";

/** One year, the longest that caches honour. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

/**
 * For an answer that never changes. Only one spelling of its address is immutable, since caches keep every spelling.
 */
export const forGood = (isOwnSpelling: boolean): string => (isOwnSpelling ? IMMUTABLE : CACHEABLE);

/** For answers that cannot be repeated, such as those with a random seed. */
export const UNREPEATABLE = "no-store";

/** The headers that a 304 keeps, including those that let pages of other origins read it. */
export const RETAINED_HEADERS = [...RETAINED_304_HEADERS, "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"];

/** Whether the header `If-None-Match` contains this tag (RFC 9110, section 13.1.2). */
export function has(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
}

/** How long browsers may keep the widget's script: a page that reloads while the server is away still has it. */
const WIDGET = "public, max-age=300, stale-while-revalidate=31536000";

/**
 * Media type and caching of the site's static files by path, whatever the host says. The first rule that matches
 * applies.
 */
const FILES: readonly { readonly path: RegExp; readonly type: string; readonly caching?: string }[] = [
  { path: /^\/embed\.js$/, type: "text/javascript; charset=utf-8", caching: WIDGET },
  { path: /-[0-9A-Z]{8}\.js$/, type: "text/javascript; charset=utf-8", caching: IMMUTABLE }, // its name has a hash of its content
  { path: /-[0-9A-Z]{8}\.wasm$/, type: "application/wasm", caching: IMMUTABLE },
  { path: /\.js$/, type: "text/javascript; charset=utf-8" },
  { path: /\.ts$/, type: "text/plain; charset=utf-8" },
  { path: /\.css$/, type: "text/css; charset=utf-8" },
  { path: /\.json$/, type: "application/json" },
  { path: /\.woff2$/, type: "font/woff2" },
  { path: /\.avif$/, type: "image/avif" },
  { path: /\.txt$/, type: "text/plain; charset=utf-8" },
];

/** The headers of a static file. Undefined if the site has no such files: the path may be a folder's. */
export function staticHeaders(path: string): { readonly "Content-Type": string; readonly "Cache-Control": string } | undefined {
  const rule = FILES.find((rule) => rule.path.test(path));
  return rule && { "Content-Type": rule.type, "Cache-Control": rule.caching ?? CACHEABLE };
}
