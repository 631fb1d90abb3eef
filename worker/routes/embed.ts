/** The files that `worker/node/build.ts` made: the widget at /embed.js and, under /assets/, what page and widget load. */
import type { Context } from "hono";
import { etag } from "hono/etag";
import type { Env } from "../env.ts";
import { CACHEABLE, IMMUTABLE, RETAINED_HEADERS, staticHeaders } from "../http/caching.ts";
import type { Route } from "../openapi/route.ts";

/** What hosts say of files differs: workerd alone names no types, Node's file system neither types nor tags. */
async function asset(c: Context<Env>): Promise<Response> {
  const found = await c.env.ASSETS.fetch(c.req.raw);
  if (found.status === 404) return c.notFound();
  const response = new Response(found.body, found);
  const { pathname, search } = new URL(c.req.url);
  const headers = staticHeaders(pathname);
  const isImmutable = headers["Cache-Control"] === IMMUTABLE;
  response.headers.set("Cache-Control", isImmutable && search !== "" ? CACHEABLE : headers["Cache-Control"]);
  if (found.status !== 304) response.headers.set("Content-Type", headers["Content-Type"]);
  if (isImmutable && !found.headers.has("ETag")) response.headers.set("ETag", `"${pathname.split("/").at(-1)}"`); // whose hash is in its name
  return response;
}

export const embed: readonly Route[] = ["/embed.js", "/assets/*"].map((path) => ({
  method: "get",
  path,
  middleware: etag({ retainedHeaders: RETAINED_HEADERS }),
  handler: asset,
}));
