/** Security headers. Any page may show and read the answers to GET; our own pages load and run only our own files. */
import type { Context, MiddlewareHandler, Next } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import type { Env } from "../env.ts";

const EXPOSED = ["X-Seed", "X-NFE", "X-Cost", "X-Model", "Content-Location", "ETag", "Retry-After", "Server-Timing"];

const readable = cors({ origin: "*", allowMethods: ["GET", "HEAD"], exposeHeaders: EXPOSED, maxAge: 86400 });

/** CORS for GET, HEAD and their preflight requests. Uploads are for the server's own pages and for programs. */
export const crossOrigin: MiddlewareHandler<Env> = (c, next) =>
  ["GET", "HEAD", "OPTIONS"].includes(c.req.method) ? readable(c, next) : next();

/** `crossOriginResourcePolicy` lets pages with a Cross-Origin-Embedder-Policy show our images. */
export const headers = secureHeaders({
  crossOriginResourcePolicy: "cross-origin",
  xFrameOptions: false,
  xXssProtection: false,
  strictTransportSecurity: "max-age=15552000",
});

/** For answers that are no pages, in case a browser shows one as a page. */
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

/** `styles`: hashes of inline styles of the page. */
export function pagePolicy(styles: readonly string[] = []): string {
  const policy = { ...PAGE, "style-src": ["'self'", ...styles.map((hash) => `'sha256-${hash}'`)].join(" ") };
  return Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");
}

/** Sets a policy on answers that have none. */
export async function contentPolicy(c: Context, next: Next): Promise<void> {
  await next();
  if (!c.res.headers.has("Content-Security-Policy")) c.header("Content-Security-Policy", NOTHING);
}
