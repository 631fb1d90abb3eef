/** The application as a part of another one: under any path, on any host of Hono. */
import { type Context, Hono } from "hono";
import { basePath } from "hono/route";
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";
import type { ReadyModels } from "./models/ready.ts";

/**
 * An application for `app.route(path, ...)`. `environment`: what it runs with, from the context of the application that it is mounted in. Its routes see the path
 * behind the one that it is mounted under; addresses in its answers begin with that.
 */
export function service(ready: ReadyModels, environment: (c: Context) => Env["Bindings"]): Hono {
  const app = createApp(ready);
  return new Hono().all("*", async (c) => {
    const BASE = basePath(c).replace(/\/$/, "");
    const response = await app.fetch(behind(BASE, c.req.raw), { ...environment(c), BASE }, executionOf(c));
    return BASE !== "" && response.headers.get("Content-Type")?.startsWith("text/html") ? withBase(BASE, response) : response;
  });
}

/** The request without the path that the application is mounted under. */
function behind(base: string, request: Request): Request {
  if (base === "") return request;
  const url = new URL(request.url);
  url.pathname = url.pathname.slice(base.length) || "/";
  return new Request(url, request);
}

/** A page whose addresses begin with `base`. */
async function withBase(base: string, response: Response): Promise<Response> {
  const page = await response.text();
  return new Response(page.replaceAll(/( [a-z-]+=")\/(?!\/)/g, `$1${base}/`), response);
}

/** Where there is none, as in Node, work goes on behind the answer all the same. */
function executionOf(c: Context): Context["executionCtx"] {
  try {
    return c.executionCtx;
  } catch {
    return { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
  }
}
