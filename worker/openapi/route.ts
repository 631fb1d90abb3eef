/**
 * A route: its method and path, its handler and its description. The OpenAPI document, the methods of a 405 and the paths of a 404 are derived from the routes.
 *
 * Like `createRoute` of @hono/zod-openapi, with two differences. Its validators would answer with their own errors, so our handlers check requests themselves. It
 * needs its schemas at start-up; here they are made for the first request for the document.
 */
import type { RouteConfig } from "@hono/zod-openapi";
import type { Handler, Hono, MiddlewareHandler } from "hono";
import type { Env } from "../env.ts";
import type { ModelEntry } from "../models/entry.ts";

export interface Route {
  readonly method: "get" | "post";
  /** As in the document: `/v1/{model}/{seed}.{format}`. */
  readonly path: string;
  readonly middleware?: MiddlewareHandler<Env>;
  readonly handler: Handler<Env>;
  /** Pages and their files have none. */
  readonly operation?: (server: Server) => Operation;
}

/** The server that the document describes. */
export interface Server {
  /** The first is the default. */
  readonly models: readonly ModelEntry[];
  /** The highest cost of a request, in multiply-accumulates. */
  readonly budget: number;
}

/** The groups of operations. */
export const TAGS = {
  pictures: "Images from noise. The seed decides the image.",
  uploads: "Images from an uploaded image, and the recipe of an image.",
  models: "The models: cards and files.",
} as const;

export interface Operation extends Pick<RouteConfig, "request" | "responses" | "security"> {
  readonly operationId: string;
  readonly tags: [keyof typeof TAGS];
  readonly summary: string;
  readonly description: string;
}

export function addRoutes(app: Hono<Env>, routes: readonly Route[]): void {
  for (const { method, path, middleware, handler } of routes) {
    app.on(method, [routerPath(path)], ...(middleware ? [middleware] : []), handler);
  }
}

/**
 * The path in Hono's syntax. A segment with several parameters becomes one parameter, named after the first, with what stands between them; the handler splits it. Only
 * the first may have delimiters of its own, so that matching takes time in proportion to the path's length.
 */
const routerPath = (path: string): string =>
  path.replaceAll(/\{(\w+)\}([^/]*)/g, (_, name: string, rest: string) => {
    const pattern = rest.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/.@]+");
    return rest === "" ? `:${name}` : `:${name}{[^/]*${pattern}}`;
  });
