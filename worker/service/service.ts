/** `anneal` of `anneal/hono`, the only way to serve: an application for `app.route(path, ...)` from its options. */
import { type Context, Hono } from "hono";
import type { Runtime } from "../../wasm-model/index.ts";
import { shownValue } from "../../wasm-model/request/option-error.ts";
import { clientNamer, Report, type RequestContext, type Site } from "./context.ts";
import type { AnnealOptions } from "./hono.d.ts";
import { Models, servedModels } from "./models.ts";
import { IMAGE_HEADERS, type Route } from "./openapi.ts";
import { CLIENT_LEFT, ConfigurationError, noSuchMethod, noSuchPath, ProblemError, problemErrorOf } from "./problems.ts";
import { Allowance } from "./queue.ts";
import { routesOf } from "./routes.ts";
import { answerSiteFile, COMMON_HEADERS } from "./send.ts";
import { checkDefaults, checkOptions, HEALTH_PATH } from "./settings.ts";

/** What a host provides: its runtime, and the site's files, if it has them. */
export interface Host {
  readonly runtime: Runtime;
  readonly site?: (c: Context) => Site | undefined;
  /** The client's address as the platform gives it; undefined on another platform. */
  readonly client?: (c: Context) => string | undefined;
  /** Called with each request and what answers it. */
  readonly around?: (c: Context, answer: () => Promise<Response>) => Promise<Response>;
}

const starts = new WeakMap<Hono, () => Promise<void>>();

/**
 * Its routes see paths without the mount path; addresses in its answers start with it. Throws `ModelError` for a file that
 * is not a model and for a name that cannot be part of an address; `TypeError` if there are no models, for two of the same
 * name, and for an invalid option.
 */
export const annealOn =
  ({ runtime, site, client, around = (_, answer) => answer() }: Host) =>
  (options: AnnealOptions): Hono => {
    const settings = checkOptions(options);
    const clientName = clientNamer(options, client);
    const models = new Models(servedModels(options.models), runtime);
    checkDefaults(settings, models.served);
    const allowance = settings.rate === undefined ? undefined : new Allowance(settings.rate);
    const routes = routesOf(models).map((route) => ({ ...route, expression: expressionOf(route) }));
    const app = new Hono().all("*", async (c) => {
      if (c.req.method === "TRACE") return noSuchMethod("TRACE").response(); // Node makes no `Request` of it
      const { base, path } = URL.canParse(c.req.url) ? splitPath(c) : { base: "", path: "/" }; // the answer says what is wrong with it
      if (path === undefined) return c.notFound();
      if (path === "") return c.redirect(`${base.split("/").at(-1)}/${new URL(c.req.url).search}`, 308); // pages' addresses are relative
      return around(c, () => {
        const context = { c, settings, allowance, base, path, client: "", site: site?.(c), report: new Report(c, settings.onEvent) };
        return respond(context, routes, clientName);
      });
    });
    starts.set(app, () => models.start());
    return app;
  };

/** `ready` of `anneal/hono` (hono.d.ts). */
export async function ready(service: Hono): Promise<Hono> {
  await starts.get(service)?.();
  return service;
}

/**
 * Splits the path of a request, still percent-encoded, into the mount path, without a slash at its end, and the rest;
 * undefined if it is not below the mount path: workerd and Deno give the router paths such as `/images/../x` as they are.
 * Throws `ConfigurationError` if the mount path is a pattern, or would be written in several ways.
 */
function splitPath(c: Context): { readonly base: string; readonly path: string | undefined } {
  const { matchedRoutes, routeIndex } = c.req; // `hono/route` fails on a context of another copy of Hono
  const { basePath } = matchedRoutes[routeIndex];
  if (!/^(?:\/[\w.~-]+)*\/?$/.test(basePath))
    throw new ConfigurationError(`Expected a fixed path, such as /images, to mount the service at but received ${basePath}`);
  const base = basePath.replace(/\/$/, "");
  const { pathname } = new URL(c.req.url);
  if (pathname === base) return { base, path: "" };
  return { base, path: pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : undefined };
}

const HEADERS = Object.entries({
  ...COMMON_HEADERS,
  "Access-Control-Expose-Headers": [...Object.keys(IMAGE_HEADERS), "ETag", "Retry-After"].join(),
});

/** The policy of answers that are not pages, in case a browser shows one. */
const NOTHING = "default-src 'none'; frame-ancestors *";

type Routed = Route & { readonly expression: RegExp };

/** Which paths are the route's: each parameter is a group, a seed takes all dots but the last. */
const expressionOf = ({ path }: Route): RegExp =>
  new RegExp(
    `^${path
      .replaceAll(".", "\\.")
      .replace("{format}", "([^/.]+)")
      .replaceAll(/\{\w+\}/g, "([^/]*)")}$`,
  );

type ClientNamer = ReturnType<typeof clientNamer>;

/** The answer with the headers of every answer, reported. Never throws. */
async function respond(context: RequestContext, routes: readonly Routed[], clientName: ClientNamer): Promise<Response> {
  const { c, base, report } = context;
  const answer = await findAnswer(context, routes, clientName).catch((error: unknown) => {
    if (c.req.raw.signal.aborted) return new Response(null, { status: CLIENT_LEFT }); // nobody reads this
    const refusal = problemErrorOf(error);
    report.problem = refusal;
    return refusal.response();
  });
  const { headers, status } = answer;
  for (const [name, value] of HEADERS) headers.set(name, value);
  if (base === "") headers.set("Strict-Transport-Security", "max-age=15552000"); // below a path the origin is others', too
  // A 304 gets no policy, or browsers would replace the page's own with it.
  if (status !== 304 && !headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", NOTHING);
  report.end(status);
  return answer;
}

/** The answer to a preflight request, which browsers may keep for a day. */
const PREFLIGHT = {
  "Access-Control-Allow-Methods": "GET,HEAD",
  "Access-Control-Allow-Headers": "If-None-Match,traceparent",
  "Access-Control-Max-Age": "86400",
};

/**
 * Calls the handler of the route; a path without one may be that of a file of the site. Monitors are answered whoever they are. Throws
 * a `ProblemError` for all other paths, and what `client` throws.
 */
async function findAnswer(context: RequestContext, routes: readonly Routed[], clientName: ClientNamer): Promise<Response> {
  const { c, path, report } = context;
  checkBounds(c);
  const { method } = c.req;
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: PREFLIGHT });
  if (method !== "GET" && method !== "HEAD") throw noSuchMethod(method); // bodies are never read
  const named = { ...context, client: path === HEALTH_PATH ? "" : clientName(c) };
  for (const route of routes) {
    const found = route.expression.exec(path);
    if (!found) continue;
    report.route = route.path;
    return route.handler(named, ...found.slice(1));
  }
  const file = await answerSiteFile(named);
  if (file) return file;
  throw noSuchPath(
    routes.map((route) => route.path),
    path,
  );
}

/** In characters. The longest seeds and class, percent-encoded, take less. */
export const MAX_ADDRESS = 8192;

/** In characters. What a header lists is read in one pass, which then costs less than an image. */
export const MAX_HEADER = 8192;

/** Refuses an address or a header that is too long, before anything reads it, and an invalid `Host` header. */
function checkBounds(c: Context): void {
  const { url } = c.req;
  if (url.length > MAX_ADDRESS) {
    const expected = `an address of at most ${MAX_ADDRESS} characters`;
    throw new ProblemError(414, "too-long", { key: "path", expected, received: `one of ${url.length}` });
  }
  for (const [key, { length }] of c.req.raw.headers) {
    if (length <= MAX_HEADER) continue;
    const expected = `a header of at most ${MAX_HEADER} characters`;
    throw new ProblemError(431, "too-long", { key, expected, received: `one of ${length}` });
  }
  if (!URL.canParse(url)) {
    const expected = "a host name, perhaps with a port,";
    throw new ProblemError(400, "invalid-value", { key: "Host", expected, received: shownValue(c.req.header("Host")) });
  }
}
