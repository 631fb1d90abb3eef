/**
 * Headers of every answer: security (any page may show our images; our own pages load and run only our own files),
 * CORS, HEAD.
 */
import type { Context, MiddlewareHandler, Next } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Env } from "./env.ts";

/** `crossOriginResourcePolicy` lets pages with a Cross-Origin-Embedder-Policy show our images. */
const secure = (strictTransportSecurity: string | false) =>
  secureHeaders({ crossOriginResourcePolicy: "cross-origin", xFrameOptions: false, xXssProtection: false, strictTransportSecurity });

const atRoot = secure("max-age=15552000");
const belowPath = secure(false);

/** Only a service at the root may require HTTPS for the whole origin; below a path it shares the origin with others. */
export const headers: MiddlewareHandler<Env> = (c, next) => (c.env.base === "" ? atRoot : belowPath)(c, next);

/** For answers that are not pages, in case a browser shows one. */
const NOTHING = "default-src 'none'; frame-ancestors *";

/**
 * Sets a policy on answers that have none. A 304 gets none, or browsers would replace the page's own policy with it.
 */
export async function contentPolicy(c: Context, next: Next): Promise<void> {
  await next();
  if (c.res.status !== 304 && !c.res.headers.has("Content-Security-Policy")) c.res.headers.set("Content-Security-Policy", NOTHING);
}

/** The headers of an image, as the OpenAPI document describes them. */
export const IMAGE_HEADERS = {
  "X-Seed": { type: "string", description: "The seed, percent-encoded." },
  "X-NFE": { type: "integer", description: "Network evaluations, summed over all images." },
  "X-Cost": { type: "integer", description: "The cost of the image, in multiply-accumulates." },
  "X-Model": { type: "string", description: "The name of the model." },
  "Content-Location": { type: "string", description: "The permanent address of these bytes." },
} as const;

const EXPOSED = [...Object.keys(IMAGE_HEADERS), "ETag", "Retry-After", "Server-Timing"].join();

/** Seconds that browsers may keep the answer to a preflight request. */
const MAX_AGE = 86_400;

const ANY = "*";

/** The answer to a preflight request. */
const PREFLIGHT = {
  "Access-Control-Allow-Origin": ANY,
  "Access-Control-Allow-Methods": "GET,HEAD",
  "Access-Control-Max-Age": String(MAX_AGE),
};

/**
 * CORS: any page may read. Hono's middleware would set the headers before there is an answer, and the answer would then be
 * made three times.
 */
export const crossOrigin: MiddlewareHandler<Env> = async (c, next) => {
  if (c.req.method === "OPTIONS") return c.body(null, 204, PREFLIGHT);
  await next();
  c.res.headers.set("Access-Control-Allow-Origin", ANY);
  c.res.headers.set("Access-Control-Expose-Headers", EXPOSED);
};

export const contentLength: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  if (c.req.method !== "HEAD" || !c.res.body) return;
  const { byteLength } = await c.res.clone().arrayBuffer();
  c.header("Content-Length", String(byteLength));
};
