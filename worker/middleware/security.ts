/** What browsers may do with our answers: any page may show and read what GET gives; our own pages run nothing but our own files. */
import type { Context, MiddlewareHandler, Next } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import type { Env } from "../env.ts";

const EXPOSED = ["X-Seed", "X-NFE", "X-Model", "Content-Location", "ETag", "Retry-After", "Server-Timing"];

const readable = cors({ origin: "*", allowMethods: ["GET", "HEAD"], exposeHeaders: EXPOSED, maxAge: 86400 });

/** GET, HEAD and a browser's question about them. What uploads is for the server's own pages and for programs. */
export const crossOrigin: MiddlewareHandler<Env> = (c, next) =>
  ["GET", "HEAD", "OPTIONS"].includes(c.req.method) ? readable(c, next) : next();

/** Pages that isolate themselves (Cross-Origin-Embedder-Policy) show only what says that it may be shown elsewhere. */
export const headers = secureHeaders({
  crossOriginResourcePolicy: "cross-origin",
  xFrameOptions: false,
  xXssProtection: false,
  strictTransportSecurity: "max-age=15552000",
});

/** Of answers that are no pages, should a browser show one as a page. */
const NOTHING = "default-src 'none'; frame-ancestors *";

const PAGE = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'", // the widget compiles its engine
  "worker-src": "'self' blob:",
  "style-src": "'self'",
  "img-src": "'self' data: blob:",
  "connect-src": "'self'",
  "form-action": "'self'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
};

/** `styles`: hashes of styles that stand in the page itself. */
export function pagePolicy(styles: readonly string[] = []): string {
  const policy = { ...PAGE, "style-src": ["'self'", ...styles.map((hash) => `'sha256-${hash}'`)].join(" ") };
  return Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");
}

/** A policy for whatever has none of its own. */
export async function contentPolicy(c: Context, next: Next): Promise<void> {
  await next();
  if (!c.res.headers.has("Content-Security-Policy")) c.header("Content-Security-Policy", NOTHING);
}
