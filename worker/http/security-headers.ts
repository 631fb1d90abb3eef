/** Security headers. Any page may show our images; our own pages load and run only our own files. */
import type { Context, MiddlewareHandler, Next } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Env } from "../env.ts";

/** `crossOriginResourcePolicy` lets pages with a Cross-Origin-Embedder-Policy show our images. */
const secure = (strictTransportSecurity: string | false) =>
  secureHeaders({ crossOriginResourcePolicy: "cross-origin", xFrameOptions: false, xXssProtection: false, strictTransportSecurity });

const ownOrigin = secure("max-age=15552000");
const mounted = secure(false);

/** Only a Worker of its own may bind its whole origin to HTTPS; a mounted application is a part of another one's. */
export const headers: MiddlewareHandler<Env> = (c, next) => (c.env.BASE === undefined ? ownOrigin : mounted)(c, next);

/** For answers that are no pages, in case a browser shows one as a page. */
const NOTHING = "default-src 'none'; frame-ancestors *";

/** `style`: the hash of the page's own style. */
const page = (style: string) => ({
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'", // the widget compiles its engine
  "worker-src": "'self' blob:",
  "style-src": `'self' 'sha256-${style}'`,
  "font-src": "'self'",
  "img-src": "'self' data: blob:",
  "connect-src": "'self'",
  "form-action": "'self'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
});

export const pagePolicy = (style: string): string =>
  Object.entries(page(style))
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");

/** Sets a policy on answers that have none. A 304 keeps none, else browsers would put it in the place of the page's own. */
export async function contentPolicy(c: Context, next: Next): Promise<void> {
  await next();
  if (c.res.status !== 304 && !c.res.headers.has("Content-Security-Policy")) c.res.headers.set("Content-Security-Policy", NOTHING);
}
