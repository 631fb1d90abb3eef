/**
 * A route is one object: its path, its schema (what it takes and answers) and its handler, of GET and HEAD. The OpenAPI
 * document and the paths of a 404 are derived from the routes. Handlers check requests themselves
 * and throw errors of their own.
 */
import type { Handler, Hono, MiddlewareHandler } from "hono";
import { type Env, note } from "../http/env.ts";
import type { QueryName } from "../images/query.ts";

export interface Route {
  /** As in the document: `/v1/{model}/{seed}.{format}`. */
  readonly path: string;
  readonly middleware?: MiddlewareHandler<Env>;
  readonly handler: Handler<Env>;
  /** Pages and their files have none. */
  readonly schema?: RouteSchema;
}

/** The groups of operations. */
export const TAGS = {
  images: "Images from noise. The seed decides the image.",
  models: "The models: cards and files.",
  operating: "For whoever runs the service.",
} as const;

/** What a route takes and answers. The parameters of its path follow from their names. */
export interface RouteSchema {
  readonly operationId: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description: string;
  readonly query?: readonly QueryName[];
  /** The answer of status 200: a file of one of these media types, or JSON. */
  readonly answer: readonly string[] | JsonAnswer;
}

/** JSON that the document describes once, by its name. */
export interface JsonAnswer {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** JSON Schema of draft 2020-12, which is that of OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema of an object that has all of these. */
export const record = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: "object",
  properties,
  required: Object.keys(properties),
});

export function addRoutes(app: Hono<Env>, routes: readonly Route[]): void {
  for (const { path, middleware, handler } of routes) {
    app.on("get", [routerPath(path)], named(path), ...(middleware ? [middleware] : []), handler);
  }
}

/** Puts the route's path into the report on a request, if there is one. */
const named =
  (path: string): MiddlewareHandler<Env> =>
  (c, next) => {
    note(c, { route: path });
    return next();
  };

/**
 * The path in Hono's syntax. A segment with two parameters becomes one, named after the first and including the
 * delimiter; the handler splits it.
 */
const routerPath = (path: string): string =>
  path.replaceAll(/\{(\w+)\}(\.\{\w+\})?/g, (_, name: string, rest: string | undefined) =>
    rest === undefined ? `:${name}` : `:${name}{[^/]*\\.[^/.]+}`,
  );
