/** Parts of answers in the OpenAPI document: headers, problems, files. */
import type { RouteConfig, z as Z } from "@hono/zod-openapi";
import { MAX_UPLOAD } from "../admission/limits.ts";
import { MAX_ADDRESS } from "../http/address.ts";
import { PROBLEMS, type ProblemStatus } from "../http/problems.ts";
import type { Format } from "../pictures/options.ts";
import { MEDIA_TYPES } from "../pictures/picture.ts";
import { z } from "./zod.ts";

interface Header {
  readonly description: string;
  readonly type: "string" | "integer";
  readonly example?: string | number;
}

const HEADERS = {
  "X-Seed": { type: "string", description: "The seed, percent-encoded.", example: "alice" },
  "X-NFE": { type: "integer", description: "Network evaluations, summed over all images.", example: 8 },
  "X-Cost": { type: "integer", description: "The cost of the picture, in multiply-accumulates.", example: 396091264 },
  "X-Model": { type: "string", description: "The name of the model.", example: "fashion-mnist" },
  "X-Drawn-By": {
    type: "string",
    description: "Which file of the model draws, if it has two: `student` or `teacher`.",
    example: "student",
  },
  ETag: {
    type: "string",
    description: "Identifies the bytes. Send it as `If-None-Match` to revalidate.",
    example: '"0123456789abcdef0123456789abcdef"',
  },
  "Content-Location": {
    type: "string",
    description: "The permanent address of these bytes.",
    example: "/v1/fashion-mnist@0123abcd/alice.png",
  },
  "Retry-After": { type: "integer", description: "Seconds to wait before the next request.", example: 1 },
  "Server-Timing": {
    type: "string",
    description: "Whether the image was cached, and the cost of this request in multiply-accumulates.",
    example: 'cache;desc="none", cost;desc="396091264"',
  },
  Vary: { type: "string", description: "The request headers that the answer depends on.", example: "Accept" },
  "Cache-Control": {
    type: "string",
    description: "Whether the answer may be cached: not at all, for a year, or with revalidation by its `ETag`.",
  },
  Allow: { type: "string", description: "The methods of the path.", example: "GET, HEAD" },
  "WWW-Authenticate": { type: "string", description: "How to authenticate.", example: "Bearer" },
} as const satisfies Record<string, Header>;

type HeaderName = keyof typeof HEADERS;

/** An answer in the document. */
export type Answer = Exclude<RouteConfig["responses"][string], { readonly $ref: string }>;

type Headers = Readonly<Record<string, { readonly description: string; readonly required: boolean; readonly schema: object }>>;

/** Headers that the answer always has. */
export const headers = (...names: readonly HeaderName[]): Headers => headersThat(true, names);

/** Headers that the answer has in some cases. */
export const headersAtTimes = (...names: readonly HeaderName[]): Headers => headersThat(false, names);

const headersThat = (required: boolean, names: readonly HeaderName[]): Headers =>
  Object.fromEntries(
    names.map((name) => {
      const { type, ...header }: Header = HEADERS[name];
      return [name, { ...header, required, schema: { type } }];
    }),
  );

/** The documented statuses. A 500 is a fault of the server and not documented. */
type Reason = Exclude<ProblemStatus, 500>;

const REASONS: Readonly<Record<Reason, string>> = {
  400: "A mistake in the request. The answer names the parameter at fault.",
  401: "The server requires its token.",
  403: "Pages of this origin may not upload to this server.",
  404: "Not found. The answer lists the existing values.",
  405: "The path does not take this method. `Allow` lists its methods.",
  406: "`Accept` admits none of the formats.",
  408: "The body took too long to arrive.",
  410: "This version of the model is gone. The answer names the current address.",
  413: `The body is larger than ${MAX_UPLOAD} bytes.`,
  414: `The address has more than ${MAX_ADDRESS} characters.`,
  415: "The body has another media type.",
  429: "This address has asked for too much work. `Retry-After` is the time to wait.",
  503: "Too much is being drawn at the moment, for this address or for all. `Retry-After` is the time to wait.",
};

const REASON_HEADERS: Readonly<Partial<Record<Reason, HeaderName>>> = {
  401: "WWW-Authenticate",
  405: "Allow",
  429: "Retry-After",
  503: "Retry-After",
};

/** What may keep a client from uploading. */
export const FORBIDDEN = [401, 403] as const;

/** The limits that any request for an image may hit. */
export const LIMITS = [429, 503] as const;

/** Mistakes have a parameter at fault; limits have none. */
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
      code: z.enum(codes).openapi({ description: "Stable. The texts are for people and may change." }),
      detail: z.string(),
      ...(isMistake(status) && mistake),
    })
    .openapi(title.replaceAll(" ", ""));
}

/** Error answers with these statuses. */
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

/** A body that is not JSON. */
export const binary = () => z.string().openapi({ format: "binary" });

/** An image in any of these formats. `json`: the schema of that format. */
export const pictures = (formats: readonly Format[], json: Z.ZodType): NonNullable<Answer["content"]> =>
  Object.fromEntries(formats.map((format) => [MEDIA_TYPES[format], { schema: format === "json" ? json : binary() }]));

/** The answer to an `EventSource` that connects again after its last event. */
export const streamEnded = (...names: readonly HeaderName[]): RouteConfig["responses"] => ({
  204: { description: "The stream has ended: `Last-Event-ID` is that of its last event.", headers: headers(...names) },
});

/** The answer to a client whose cached bytes are current. */
export const notModified = (sent: Headers): RouteConfig["responses"] => ({
  304: { description: "Not modified: the bytes that the client has are current.", headers: sent },
});

/** For uploads, which need the token if the server has one. */
export const TOKEN = [{ token: [] }, {}];
