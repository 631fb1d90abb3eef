/** The application as a part of another one: under any path, on any host of Hono. */
import { type Context, Hono } from "hono";
import { basePath, baseRoutePath } from "hono/route";
import { createApp } from "./app.ts";
import type { Env } from "./http/env.ts";
import { onMethodNotAllowed } from "./http/problems.ts";
import type { ReadyModels } from "./models/ready.ts";

/**
 * An application for `app.route(path, ...)`. `environment`: what it runs with, from the context of the application that
 * it is mounted in. Its routes see the path behind the one that it is mounted under; addresses in its answers begin
 * with that.
 */
export function service(ready: ReadyModels, environment: (c: Context) => Env["Bindings"]): Hono {
  const app = createApp(ready);
  return new Hono().all("*", (c) => {
    if (c.req.method === "TRACE") return onMethodNotAllowed(c, ["GET", "HEAD", "POST"]); // Node makes no `Request` of it
    const isAddress = URL.canParse(c.req.url); // the application refuses what is none
    const { base, path } = isAddress ? split(c) : { base: "", path: "" };
    const isPassedOn = base === "" && !(isAddress && isBehindTls(c));
    const request = isPassedOn ? c.req.raw : behind(c.req.raw, isBehindTls(c), path);
    return app.fetch(request, { ...environment(c), BASE: base }, executionOf(c));
  });
}

/** Whether a proxy in front says that the client asked by HTTPS, which its request to this server does not. */
const isBehindTls = (c: Context): boolean => c.req.header("X-Forwarded-Proto")?.split(",", 1)[0] === "https";

/**
 * Delimiters that Hono's router takes for the same whether they are encoded or not; all that Hono does not treat so; in
 * the ASCII text that a URL's path is.
 */
const OPTIONAL = /[!'()*]/g;
const SPECIAL = /[^\w.~%/-]/g;

/**
 * The path of a request in two, still percent-encoded: the one that the application is mounted under, without a slash
 * at its end, and the rest. The router knows the first only decoded; both have as many segments. What a client chose in
 * it (`/:tenant`) has nothing left that HTML, CSS, a shell or a program could mistake.
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
 * The same request for another path. Its body is passed on by itself: hosts differ in whether they take one from a
 * request that is none of their own.
 */
function behind({ url, method, headers, body, signal }: Request, isBehindTls: boolean, path: string): Request {
  const { protocol, host, search } = new URL(url);
  return new Request(`${isBehindTls ? "https:" : protocol}//${host}${path}${search}`, {
    method,
    headers,
    signal,
    ...(body && { body, duplex: "half" }),
  });
}

/** Where there is none, as in Node, work goes on behind the answer all the same. */
function executionOf(c: Context): Context["executionCtx"] {
  try {
    return c.executionCtx;
  } catch {
    return { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
  }
}
