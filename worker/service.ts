/** The application as part of another one, under any path and on any host that Hono runs on. */
import { type Context, Hono } from "hono";
import { createApp } from "./app.ts";
import type { Env } from "./http/env.ts";
import { type Forwarded, forwarded } from "./http/forwarded.ts";
import { onMethodNotAllowed } from "./http/problems.ts";
import { executionOf } from "./http/span.ts";
import type { ReadyModels } from "./models/ready.ts";

/**
 * An application for `app.route(path, ...)`. `environment`: its bindings, from the context of the outer application.
 * `proxies`: how many proxies in front of it to believe. Its routes see paths without the mount path; addresses in its
 * answers start with it.
 */
export function service(ready: ReadyModels, environment: (c: Context) => Env["Bindings"], proxies = 0): Hono {
  const app = createApp(ready);
  return new Hono().all("*", (c) => {
    if (c.req.method === "TRACE") return onMethodNotAllowed(c, ["GET", "HEAD", "POST"]); // Node makes no `Request` of it
    const isAddress = URL.canParse(c.req.url); // the application refuses an invalid address
    const { base, path, isBelow } = isAddress ? split(c) : { base: "", path: "", isBelow: true };
    if (!isBelow) return c.notFound();
    const asked = isAddress ? forwarded(c, proxies) : {};
    const request = base === "" && !asked.protocol && !asked.host ? c.req.raw : behind(c.req.raw, asked, path);
    return app.fetch(request, { ...environment(c), BASE: base }, executionOf(c) ?? NO_CONTEXT);
  });
}

/** Node has none; there, work continues after the answer anyway. */
const NO_CONTEXT: Context["executionCtx"] = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };

/**
 * The characters to percent-encode in the mount path, which is ASCII. OPTIONAL: delimiters that Hono's router treats
 * alike, encoded or not. SPECIAL: everything but unreserved characters, `%` and `/`.
 */
const OPTIONAL = /[!'()*]/g;
const SPECIAL = /[^\w.~%/-]/g;

/**
 * Splits the path of a request, still percent-encoded, into the mount path, without a slash at its end, and the rest.
 * The router has the mount path's pattern, which has the same number of segments. The part that a client chooses
 * (`/:tenant`) is encoded, so that HTML, CSS, shells and programs cannot misread it. `isBelow`: whether the path is still
 * below the one that the router matched. workerd and Deno give the router paths such as `/images/../x` as they are.
 */
function split(c: Context): { readonly base: string; readonly path: string; readonly isBelow: boolean } {
  const { matchedRoutes, routeIndex } = c.req; // `hono/route` fails on a context of another copy of Hono
  const { basePath } = matchedRoutes[routeIndex];
  const count = basePath.replace(/\/$/, "").split("/").length;
  const { url } = c.req;
  const { pathname, origin } = new URL(url);
  const segments = pathname.split("/");
  const base = segments.slice(0, count).join("/");
  const matched = url.slice(url.indexOf("/", url.indexOf("://") + 3)).split(/[?#]/, 1)[0];
  const mount = matched.split("/").slice(0, count).join("/");
  const isChosen = /[:*]/.test(basePath);
  return {
    base: base.replaceAll(isChosen ? SPECIAL : OPTIONAL, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    path: `/${segments.slice(count).join("/")}`,
    isBelow: new URL(origin + mount).pathname === (base || "/"),
  };
}

/**
 * The same request for another path. The body is passed separately, since not every host takes it from a request that
 * is not its own. The body of a GET or HEAD, which workerd passes on, means nothing (RFC 9110, section 9.3.1).
 */
function behind({ url, method, headers, body, signal }: Request, asked: Forwarded, path: string): Request {
  const { protocol, host, search } = new URL(url);
  return new Request(`${asked.protocol ?? protocol}//${asked.host ?? host}${path}${search}`, {
    method,
    headers,
    signal,
    ...(body && method !== "GET" && method !== "HEAD" && { body, duplex: "half" }),
  });
}
