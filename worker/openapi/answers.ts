/** Parts of answers in the OpenAPI document: headers and problems. */
import * as v from "valibot";
import { MAX_UPLOAD } from "../admission/limits.ts";
import { MAX_ADDRESS, MAX_HEADER } from "../http/address.ts";
import { PROBLEMS, type ProblemStatus } from "../http/problems.ts";
import type { Answer, JsonAnswer } from "./route.ts";

export interface AnswerHeader {
  readonly description: string;
  readonly type?: "integer" | "string";
  readonly example?: string | number;
}

/** Examples that depend on the server are added in document.ts. */
export const HEADERS = {
  "X-Seed": { description: "The seed, percent-encoded.", example: "alice" },
  "X-NFE": { type: "integer", description: "Network evaluations, summed over all images." },
  "X-Cost": { type: "integer", description: "The cost of the image, in multiply-accumulates." },
  "X-Model": { description: "The name of the model." },
  ETag: { description: "Identifies the bytes. Send it as `If-None-Match` to revalidate.", example: '"0123456789abcdef0123456789abcdef"' },
  "Content-Location": { description: "The permanent address of these bytes." },
  "Retry-After": { type: "integer", description: "Seconds to wait before the next request.", example: 1 },
  "Server-Timing": { description: "Whether the image was cached, and the cost of this request in multiply-accumulates." },
  "Cache-Control": { description: "Whether caches may keep the answer: not at all, for a year, or if they revalidate it by its `ETag`." },
  Allow: { description: "The methods of the path.", example: "GET, HEAD" },
  "WWW-Authenticate": { description: "How to authenticate.", example: "Bearer" },
} as const satisfies Record<string, AnswerHeader>;

export type HeaderName = keyof typeof HEADERS;

/** A 500 is a fault of the server and not documented. */
export type DocumentedStatus = Exclude<ProblemStatus, 500>;

const REASONS: Readonly<Record<DocumentedStatus, string>> = {
  400: "A mistake in the request. The answer names the faulty parameter.",
  401: "The server requires its token.",
  403: "Pages of this origin may not upload to this server.",
  404: "Not found. The answer lists the existing values.",
  405: "The path does not take this method. `Allow` lists its methods.",
  408: "The body took too long to arrive. `Retry-After` is the time to wait.",
  410: "This version of the model is gone. The answer names the current address.",
  413: `The body is larger than ${MAX_UPLOAD} bytes.`,
  414: `The address has more than ${MAX_ADDRESS} characters.`,
  415: "The body has another media type.",
  429: "This client has asked for too much work. `Retry-After` is the time to wait.",
  431: `A header has more than ${MAX_HEADER} characters.`,
  503: "Too much is being drawn at the moment, for this client or for all. `Retry-After` is the time to wait.",
};

const REASON_HEADERS: Readonly<Partial<Record<DocumentedStatus, HeaderName>>> = {
  401: "WWW-Authenticate",
  405: "Allow",
};

const KEY =
  "What is wrong: an option, a field of the form, a header, a part of the request line, or `client` if the client asks for too much at once.";

function problem(status: DocumentedStatus): JsonAnswer {
  const { title, codes } = PROBLEMS[status];
  const schema = v.object({
    type: v.picklist(["about:blank"]),
    title: v.picklist([title]),
    status: v.pipe(v.picklist([status])),
    code: v.pipe(v.picklist(codes), v.description("Stable. The texts are for people and may change.")),
    detail: v.string(),
    key: v.pipe(v.string(), v.description(KEY)),
    expected: v.string(),
    received: v.string(),
  });
  return { name: title.replaceAll(" ", ""), schema };
}

export function problemAnswer(status: DocumentedStatus): Answer {
  const own = "retry" in PROBLEMS[status] ? "Retry-After" : REASON_HEADERS[status];
  return {
    description: REASONS[status],
    headers: own ? ["Cache-Control", own] : ["Cache-Control"],
    content: { "application/problem+json": problem(status) },
  };
}
