/** The application as part of another one, under a fixed path and on any host that Hono runs on. */
import { type Context, Hono } from "hono";
import { createApp } from "./app.ts";
import type { Env } from "./http/env.ts";
import { ConfigurationError, methodNotAllowed } from "./http/problems.ts";
import { executionOf } from "./http/report.ts";
import type { ReadyModels } from "./models/ready.ts";

/**
 * An application for `app.route(path, ...)`. `environment`: its bindings, from the context of the outer application. Its
 * routes see paths without the mount path; addresses in its answers start with it. `sending`: called when an answer is
 * ready; it is sent when this has resolved.
 */
export function service(
  ready: ReadyModels,
  environment: (c: Context) => Env["Bindings"],
  sending?: (c: Context, answer: Response) => Promise<void>,
): Hono {
  const app = createApp(ready);
  return new Hono().all("*", async (c) => {
    if (c.req.method === "TRACE") return methodNotAllowed(c); // Node makes no `Request` of it
    if (!URL.canParse(c.req.url)) return app.fetch(c.req.raw, { ...environment(c), BASE: "" }); // it refuses the address
    const { base, path } = split(c);
    if (path === undefined) return c.notFound();
    if (path === "") return c.redirect(`${base.split("/").at(-1)}/${new URL(c.req.url).search}`, 308); // pages' addresses are relative
    const request = base === "" ? c.req.raw : below(c.req.raw, path);
    const answer = await app.fetch(request, { ...environment(c), BASE: base }, executionOf(c) ?? NO_CONTEXT);
    await sending?.(c, answer);
    return answer;
  });
}

/** Node has none; there, work continues after the answer anyway. */
const NO_CONTEXT: Context["executionCtx"] = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };

/**
 * Splits the path of a request, still percent-encoded, into the mount path, without a slash at its end, and the rest;
 * undefined if it is not below the mount path: workerd and Deno give the router paths such as `/images/../x` as they are.
 * Throws `ConfigurationError` if the mount path is a pattern, or would be written in several ways.
 */
function split(c: Context): { readonly base: string; readonly path: string | undefined } {
  const { matchedRoutes, routeIndex } = c.req; // `hono/route` fails on a context of another copy of Hono
  const { basePath } = matchedRoutes[routeIndex];
  if (!/^(?:\/[\w.~-]+)*\/?$/.test(basePath))
    throw new ConfigurationError(`Expected a fixed path, such as /images, to mount the service at but received ${basePath}`);
  const base = basePath.replace(/\/$/, "");
  const { pathname } = new URL(c.req.url);
  if (pathname === base) return { base, path: "" };
  return { base, path: pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : undefined };
}

/** The same request for another path, without its body, which is never read. */
function below({ url, method, headers, signal }: Request, path: string): Request {
  const { origin, search } = new URL(url);
  return new Request(`${origin}${path}${search}`, { method, headers, signal });
}
