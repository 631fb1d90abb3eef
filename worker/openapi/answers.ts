/** What answers have in common in the OpenAPI document: headers, problems, files. */
import { type RouteConfig, z } from "@hono/zod-openapi";
import { PROBLEMS, type ProblemStatus } from "../middleware/errors.ts";
import { MAX_UPLOAD } from "../middleware/limits.ts";
import type { Format } from "../pictures/options.ts";
import { MEDIA_TYPES } from "../pictures/picture.ts";

interface Header {
  readonly description: string;
  readonly type: "string" | "integer";
  readonly example?: string | number;
}

const HEADERS = {
  "X-Seed": { type: "string", description: "The picture's seed, percent-encoded.", example: "alice" },
  "X-NFE": { type: "integer", description: "Network evaluations of the picture, those of all its images.", example: 8 },
  "X-Model": { type: "string", description: "The name of the model that drew it.", example: "fashion-mnist" },
  ETag: {
    type: "string",
    description: "Names the bytes: send it as `If-None-Match` to ask again.",
    example: '"0123456789abcdef0123456789abcdef"',
  },
  "Content-Location": { type: "string", description: "The address of these very bytes.", example: "/v1/fashion-mnist@0123abcd/alice.png" },
  "Retry-After": { type: "integer", description: "Seconds after which to come back.", example: 1 },
  "Server-Timing": {
    type: "string",
    description: "Where the picture was found, and what it cost.",
    example: 'cache;desc="none", evaluations;desc="8"',
  },
  Vary: { type: "string", description: "The request's headers that the answer depends on.", example: "Accept" },
  "Cache-Control": {
    type: "string",
    description: "How the answer may be kept: not at all, for a year, or to be asked for again by its tag.",
  },
  Allow: { type: "string", description: "The methods that the path takes.", example: "GET, HEAD" },
  "WWW-Authenticate": { type: "string", description: "How to authenticate.", example: "Bearer" },
} as const satisfies Record<string, Header>;

type HeaderName = keyof typeof HEADERS;

/** What the document says of an answer. */
export type Answer = Exclude<RouteConfig["responses"][string], { readonly $ref: string }>;

type Headers = Readonly<Record<string, { readonly description: string; readonly required: boolean; readonly schema: object }>>;

/** The headers that an answer has. */
export const headers = (...names: readonly HeaderName[]): Headers => headersThat(true, names);

/** The headers that an answer has in some cases. */
export const headersAtTimes = (...names: readonly HeaderName[]): Headers => headersThat(false, names);

const headersThat = (required: boolean, names: readonly HeaderName[]): Headers =>
  Object.fromEntries(
    names.map((name) => {
      const { type, ...header }: Header = HEADERS[name];
      return [name, { ...header, required, schema: { type } }];
    }),
  );

/** Statuses that the routes' own answers have. (What fails inside is a 500, which no contract has.) */
type Reason = Exclude<ProblemStatus, 500>;

const REASONS: Readonly<Record<Reason, string>> = {
  400: "A mistake in the request; the answer names the key.",
  401: "The server wants its token.",
  404: "There is no such thing.",
  405: "The path takes other methods, which `Allow` names.",
  410: "The model has another version now, which the answer names.",
  413: `The body is larger than ${MAX_UPLOAD} bytes.`,
  415: "The body has another media type.",
  429: "This address asks too often. `Retry-After` says when to come back.",
  503: "The server draws as many pictures as it may already. `Retry-After` says when to come back.",
};

const REASON_HEADERS: Readonly<Partial<Record<Reason, HeaderName>>> = {
  401: "WWW-Authenticate",
  405: "Allow",
  429: "Retry-After",
  503: "Retry-After",
};

/** Problems of whatever draws. */
export const LIMITS = [429, 503] as const;

/** A client's mistake names what is at fault; where there is too much to do, there is nothing to name. */
const isMistake = (status: Reason): boolean => !LIMITS.some((limit) => limit === status);

function problem(status: Reason) {
  const { title, codes } = PROBLEMS[status];
  const mistake = {
    key: z.string().openapi({ description: "What is at fault: an option, a field of the form, a header, or a part of the request line." }),
    expected: z.string(),
    received: z.string(),
  };
  return z
    .object({
      type: z.literal("about:blank"),
      title: z.literal(title),
      status: z.literal(status),
      code: z.enum(codes).openapi({ description: "Stable; the texts are for people." }),
      detail: z.string(),
      ...(isMistake(status) && mistake),
    })
    .openapi(title.replaceAll(" ", ""));
}

/** Answers of these statuses. */
export function problems(...statuses: readonly Reason[]): RouteConfig["responses"] {
  const answer = (status: Reason): Answer => {
    const own = REASON_HEADERS[status];
    return {
      description: REASONS[status],
      headers: headers("Cache-Control", ...(own ? [own] : [])),
      content: { "application/problem+json": { schema: problem(status) } },
    };
  };
  return Object.fromEntries(statuses.map((status) => [status, answer(status)]));
}

/** Bytes that are no JSON. */
export const binary = () => z.string().openapi({ format: "binary" });

/** A picture in these formats, one of which has this schema. */
export const pictures = (formats: readonly Format[], json: z.ZodType): NonNullable<Answer["content"]> =>
  Object.fromEntries(formats.map((format) => [MEDIA_TYPES[format], { schema: format === "json" ? json : binary() }]));

/** The answer to a client that has the bytes already, with these headers. */
export const notModified = (...names: readonly HeaderName[]): RouteConfig["responses"] => ({
  304: { description: "The client has it already.", headers: headers(...names) },
});

/** Of what uploads: the server may have a token. */
export const TOKEN = [{ token: [] }, {}];
