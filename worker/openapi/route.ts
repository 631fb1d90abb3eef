/**
 * A route: where it is, what answers it, and what the OpenAPI document says about it. The document, the methods that a path allows and the paths that a 404 names
 * come from the list of routes.
 *
 * It is what `createRoute` makes, with two differences. `createRoute` brings validators of its own, whose errors do not have our texts and codes: our handlers check their
 * requests themselves. And it wants its schemas while the Worker starts: here they are made when somebody asks for the document.
 */
import type { RouteConfig } from "@hono/zod-openapi";
import type { Handler, Hono, MiddlewareHandler } from "hono";
import type { Env } from "../env.ts";
import type { ReadyModel } from "../models/ready.ts";

export interface Route {
  readonly method: "get" | "post";
  /** As the document writes it: `/v1/{model}/{seed}.{format}`. */
  readonly path: string;
  readonly middleware?: MiddlewareHandler<Env>;
  readonly handler: Handler<Env>;
  /** Of a route of the API; pages and their files have none. */
  readonly operation?: (server: Server) => Operation;
}

/** What the document says of one server: the models, the first of which is the default, and the most network evaluations of a request. */
export interface Server {
  readonly models: readonly ReadyModel[];
  readonly budget: number;
}

/** How operations are grouped. */
export const TAGS = {
  pictures: "Pictures drawn from noise: the seed decides the image.",
  uploads: "Pictures made from one that comes with the request, and what made a picture.",
  models: "The models, their cards and their files.",
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

/** As Hono's router writes a path: a part that has parameters, one or several, is one parameter there, with the name of the first. */
const routerPath = (path: string): string => path.replaceAll(/\{(\w+)\}[^/]*/g, ":$1");
