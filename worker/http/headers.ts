/**
 * Headers of every answer: security (any page may show our images; our own pages load and run only our own files),
 * CORS, HEAD.
 */
import type { Context, MiddlewareHandler, Next } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import { show } from "../../wasm-model/request/option-error.ts";
import type { Env } from "./env.ts";
import { ProblemError } from "./problems.ts";

/** `crossOriginResourcePolicy` lets pages with a Cross-Origin-Embedder-Policy show our images. */
const secure = (strictTransportSecurity: string | false) =>
  secureHeaders({ crossOriginResourcePolicy: "cross-origin", xFrameOptions: false, xXssProtection: false, strictTransportSecurity });

const ownOrigin = secure("max-age=15552000");
const mounted = secure(false);

/**
 * Only a Worker of its own may require HTTPS for its whole origin; a mounted application shares the origin with others.
 */
export const headers: MiddlewareHandler<Env> = (c, next) => (c.env.BASE === undefined ? ownOrigin : mounted)(c, next);

/** For answers that are not pages, in case a browser shows one. */
const NOTHING = "default-src 'none'; frame-ancestors *";

export interface PagePolicy {
  /** The hashes of the page's own style and script. */
  readonly style: string;
  readonly script: string;
  /** Whether other pages may show it in a frame. */
  readonly framing: boolean;
}

const page = ({ style, script, framing }: PagePolicy) => ({
  "default-src": "'none'",
  "script-src": `'self' 'wasm-unsafe-eval' 'sha256-${script}'`, // the widget compiles its engine
  "worker-src": "'self' blob:",
  "style-src": `'self' 'sha256-${style}'`,
  "font-src": "'self'",
  "img-src": "'self' data: blob:",
  "connect-src": "'self'",
  "form-action": "'self'",
  "base-uri": "'none'",
  "frame-ancestors": framing ? "*" : "'none'",
});

export const pagePolicy = (policy: PagePolicy): string =>
  Object.entries(page(policy))
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");

/**
 * Sets a policy on answers that have none. A 304 gets none, or browsers would replace the page's own policy with it.
 */
export async function contentPolicy(c: Context, next: Next): Promise<void> {
  await next();
  if (c.res.status !== 304 && !c.res.headers.has("Content-Security-Policy")) c.res.headers.set("Content-Security-Policy", NOTHING);
}

const EXPOSED = ["X-Seed", "X-NFE", "X-Cost", "X-Model", "Content-Location", "ETag", "Retry-After", "Server-Timing"];
const EXPOSED_TEXT = EXPOSED.join(",");

/** Seconds that browsers may keep the answer to a preflight request. */
const MAX_AGE = 86_400;

const ANY = "*";

const preflight = cors({ origin: ANY, allowMethods: ["GET", "HEAD"], exposeHeaders: EXPOSED, maxAge: MAX_AGE });

/**
 * Like Hono's middleware for GET. That one sets the headers before there is an answer, and the answer is then made
 * three times.
 */
const reading: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  c.res.headers.set("Access-Control-Allow-Origin", ANY);
  c.res.headers.set("Access-Control-Expose-Headers", EXPOSED_TEXT);
};

/** The origins in the variable UPLOAD_ORIGINS, separated by commas. */
export const originsIn = (text: string): readonly string[] => text.split(",").map((origin) => origin.trim());

/** The origins whose pages may upload: by default any, or none if uploads need a token. */
const uploadOrigins = ({ UPLOAD_ORIGINS, API_TOKEN }: Env["Bindings"]): readonly string[] =>
  originsIn(UPLOAD_ORIGINS ?? (API_TOKEN ? "" : ANY));

/**
 * CORS, preflight requests included. An upload from a forbidden origin is refused before its body is read, since not
 * every upload is preceded by a preflight request.
 */
export const crossOrigin: MiddlewareHandler<Env> = async (c, next) => {
  const { method } = c.req;
  const isUpload = (method === "OPTIONS" ? c.req.header("Access-Control-Request-Method") : method) === "POST";
  if (!isUpload) return method === "GET" || method === "HEAD" ? reading(c, next) : method === "OPTIONS" ? preflight(c, next) : next();
  const origins = uploadOrigins(c.env);
  const isAny = origins.includes(ANY);
  const origin = c.req.header("Origin"); // programs send none
  if (method === "POST" && origin && !isAny && ![new URL(c.req.url).origin, ...origins].includes(origin)) {
    const expected = "an origin whose pages may upload to this server";
    throw new ProblemError({ status: 403, code: "forbidden-origin", key: "Origin", expected, received: show(origin) });
  }
  const uploading = cors({
    origin: isAny ? ANY : [...origins],
    allowMethods: ["POST"],
    allowHeaders: ["Authorization", "Content-Type"],
    exposeHeaders: EXPOSED,
    maxAge: MAX_AGE,
  });
  return uploading(c, next);
};

export const contentLength: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  if (c.req.method !== "HEAD" || !c.res.body) return;
  const { byteLength } = await c.res.clone().arrayBuffer();
  c.header("Content-Length", String(byteLength));
};
