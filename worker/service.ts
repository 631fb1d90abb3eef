/** The application as a part of another one, under any path and on any host of Hono. */
import { type Context, Hono } from "hono";
import { basePath, baseRoutePath } from "hono/route";
import { createApp } from "./app.ts";
import type { Env } from "./http/env.ts";
import { onMethodNotAllowed } from "./http/problems.ts";
import { executionOf } from "./http/span.ts";
import type { ReadyModels } from "./models/ready.ts";

/**
 * An application for `app.route(path, ...)`. `environment`: its bindings, from the context of the outer application.
 * Its routes see paths without the mount path; addresses in its answers start with the mount path.
 */
export function service(ready: ReadyModels, environment: (c: Context) => Env["Bindings"]): Hono {
  const app = createApp(ready);
  return new Hono().all("*", (c) => {
    if (c.req.method === "TRACE") return onMethodNotAllowed(c, ["GET", "HEAD", "POST"]); // Node makes no `Request` of it
    const isAddress = URL.canParse(c.req.url); // the application refuses an invalid address
    const { base, path } = isAddress ? split(c) : { base: "", path: "" };
    const isTls = isAddress && isBehindTls(c);
    const request = base === "" && !isTls ? c.req.raw : behind(c.req.raw, isTls, path);
    return app.fetch(request, { ...environment(c), BASE: base }, executionOf(c) ?? NO_CONTEXT);
  });
}

/** Whether a proxy in front says that the client asked by HTTPS, which its request to this server does not. */
const isBehindTls = (c: Context): boolean => c.req.header("X-Forwarded-Proto")?.split(",", 1)[0] === "https";

/** Node has none; there, work continues after the answer anyway. */
const NO_CONTEXT: Context["executionCtx"] = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };

/**
 * What is percent-encoded in the path that the application is mounted under, which is ASCII. OPTIONAL: delimiters that
 * Hono's router treats alike, encoded or not. SPECIAL: everything but unreserved characters, `%` and `/`.
 */
const OPTIONAL = /[!'()*]/g;
const SPECIAL = /[^\w.~%/-]/g;

/**
 * Splits the path of a request, still percent-encoded, into the mount path, without a slash at its end, and the rest.
 * The router has the mount path only decoded, but with the same number of segments. What a client chose in it
 * (`/:tenant`) is encoded, so that HTML, CSS, shells and programs cannot misread it.
 */
function split(c: Context): { readonly base: string; readonly path: string } {
  const count = basePath(c).replace(/\/$/, "").split("/").length;
  const segments = new URL(c.req.url).pathname.split("/");
  const base = segments.slice(0, count).join("/");
  const isChosen = /[:*]/.test(baseRoutePath(c));
  return {
    base: base.replaceAll(isChosen ? SPECIAL : OPTIONAL, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    path: `/${segments.slice(count).join("/")}`,
  };
}

/**
 * The same request for another path. The body is passed separately, since not every host takes it from a request that
 * is not its own.
 */
function behind({ url, method, headers, body, signal }: Request, isTls: boolean, path: string): Request {
  const { protocol, host, search } = new URL(url);
  return new Request(`${isTls ? "https:" : protocol}//${host}${path}${search}`, {
    method,
    headers,
    signal,
    ...(body && { body, duplex: "half" }),
  });
}
