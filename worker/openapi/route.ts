/**
 * A route is one object: its method and path, its schema (what it takes and answers) and its handler. The OpenAPI
 * document, the methods of a 405 and the paths of a 404 are derived from the routes. Handlers check requests themselves
 * and throw errors of their own.
 */
import type { Handler, Hono, MiddlewareHandler } from "hono";
import type * as v from "valibot";
import { type Env, note } from "../http/env.ts";
import { MEDIA_TYPES } from "../images/image.ts";
import type { Format, QueryName, QueryOption } from "../images/query.ts";
import type { Field } from "../images/uploads.ts";
import type { DocumentedStatus, HeaderName } from "./answers.ts";

export interface Route {
  readonly method: "get" | "post";
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
  uploads: "Images from an uploaded image, and the recipe of an image.",
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
  /** Differences from the table of options. */
  readonly changed?: Partial<Record<QueryName, Partial<QueryOption>>>;
  /** The uploaded files. A single file may be the body itself. Uploads need the token if the server has one. */
  readonly files?: readonly Field[];
  readonly answers: Readonly<Record<number, Answer>>;
  /** Statuses of errors, except those that every route may answer. */
  readonly problems: readonly DocumentedStatus[];
}

export interface Answer {
  readonly description: string;
  /** Headers that it always has. */
  readonly headers: readonly HeaderName[];
  /** Headers that it has in some cases. */
  readonly headersAtTimes?: readonly HeaderName[];
  /** By media type. */
  readonly content?: Readonly<Record<string, Body>>;
}

/** A file, or JSON. */
export type Body = "file" | JsonAnswer;

/** JSON that the document describes once, by its name. */
export interface JsonAnswer {
  readonly name: string;
  readonly schema: v.GenericSchema;
}

/** An image in any of these formats. */
export const images = (formats: readonly Format[]): NonNullable<Answer["content"]> =>
  Object.fromEntries(formats.map((format) => [MEDIA_TYPES[format], "file"]));

/** The answer to a client whose cached bytes are current. */
export const notModified = (headers: readonly HeaderName[], headersAtTimes: readonly HeaderName[] = []): RouteSchema["answers"] => ({
  304: { description: "Not modified: the bytes that the client has are current.", headers, headersAtTimes },
});

export function addRoutes(app: Hono<Env>, routes: readonly Route[]): void {
  for (const { method, path, middleware, handler } of routes) {
    const own = [named(path), ...(middleware ? [middleware] : [])];
    app.on(method, [routerPath(path)], ...own, handler);
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
 * The path in Hono's syntax. A segment with several parameters becomes one parameter, named after the first and
 * including the delimiters; the handler splits it. Only the first may contain delimiters, so that matching takes time
 * in proportion to the path's length.
 */
const routerPath = (path: string): string =>
  path.replaceAll(/\{(\w+)\}([^/]*)/g, (_, name: string, rest: string) => {
    const pattern = rest.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/.@]+");
    return rest === "" ? `:${name}` : `:${name}{[^/]*${pattern}}`;
  });
