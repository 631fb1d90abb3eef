/** `anneal` of `anneal/hono`, the only way to serve: an application for `app.route(path, ...)` from its options. */
import { type Context, Hono } from "hono";
import type { Runtime } from "../wasm-model/index.ts";
import { checkDefaults } from "./admission/limits.ts";
import { Work } from "./admission/work.ts";
import { checkedAddress } from "./http/address.ts";
import { clientsOf } from "./http/client.ts";
import type { Env } from "./http/env.ts";
import { contentLength, contentPolicy, crossOrigin, headers } from "./http/headers.ts";
import type { AnnealOptions } from "./http/hono.d.ts";
import { ConfigurationError, methodNotAllowed, onError, onNotFound, readingOnly } from "./http/problems.ts";
import { executionOf, reporting } from "./http/report.ts";
import { settingsOf } from "./http/settings.ts";
import type { Site } from "./http/static-files.ts";
import { loadableModels } from "./models/entry.ts";
import { ReadyModels } from "./models/ready.ts";
import { addRoutes } from "./openapi/route.ts";
import { siteFile } from "./routes/files.ts";
import { health } from "./routes/health.ts";
import { models } from "./routes/models.ts";
import { openapi } from "./routes/openapi.ts";
import { sample } from "./routes/sample.ts";

/** What a host provides: its runtime, and the site's files, if it has them. */
export interface Host {
  readonly runtime: Runtime;
  readonly site?: (c: Context) => Site | undefined;
  /** The client's address as the platform gives it; undefined on another platform. */
  readonly client?: (c: Context) => string | undefined;
  /** Called when an answer is ready; it is sent when this has resolved. */
  readonly sending?: (c: Context, answer: Response) => Promise<void>;
}

const starts = new WeakMap<Hono, () => Promise<void>>();

/**
 * Its routes see paths without the mount path; addresses in its answers start with it. Throws `ModelError` for a file that
 * is not a model and for a name that cannot be part of an address; `TypeError` if there are no models, for two of the same
 * name, and for an invalid option.
 */
export const annealOn =
  ({ runtime, site, client, sending }: Host) =>
  (options: AnnealOptions): Hono => {
    const settings = settingsOf(options);
    const clientOf = clientsOf(options, client);
    const ready = new ReadyModels(loadableModels(options.models), runtime);
    checkDefaults(options, settings, ready.all());
    const service = application(ready);
    const mounted = new Hono().all("*", async (c) => {
      if (c.req.method === "TRACE") return methodNotAllowed(c); // Node makes no `Request` of it
      const { base, path } = URL.canParse(c.req.url) ? split(c) : { base: "", path: "/" }; // the service refuses the address
      if (path === undefined) return c.notFound();
      if (path === "") return c.redirect(`${base.split("/").at(-1)}/${new URL(c.req.url).search}`, 308); // pages' addresses are relative
      const bindings = { settings, base, client: clientOf(c), site: site?.(c) };
      const request = base === "" ? c.req.raw : below(c.req.raw, path);
      const answer = await service.fetch(request, bindings, executionOf(c) ?? NO_CONTEXT);
      await sending?.(c, answer);
      return answer;
    });
    starts.set(mounted, () => ready.start());
    return mounted;
  };

/** `ready` of `anneal/hono` (http/hono.d.ts). */
export async function ready(service: Hono): Promise<Hono> {
  await starts.get(service)?.();
  return service;
}

function application(ready: ReadyModels): Hono<Env> {
  const work = new Work();
  const app = new Hono<Env>();
  app.use(reporting, contentLength, headers, contentPolicy, checkedAddress, crossOrigin, readingOnly);
  const api = [...sample(ready, work), ...models(ready, work), health(ready)];
  const routes = [...api, openapi(ready, api)];
  addRoutes(app, routes);
  const missing = onNotFound(routes.map(({ path }) => path));
  app.notFound(async (c) => (await siteFile(c, work)) ?? missing(c));
  app.onError(onError);
  return app;
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
