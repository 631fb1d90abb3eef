/**
 * Errors as RFC 9457 "problem details". A client's mistake is a 4xx that names the key, what was expected there and
 * what was received. `code` is stable; the texts are for people and may change.
 */
import { OptionError } from "../../wasm-model/index.ts";
import { show } from "../../wasm-model/request/option-error.ts";

/** The title and the codes of each status. `retry`: the same request may succeed later, and the answer says when. */
export const PROBLEMS = {
  400: { title: "Bad Request", codes: ["invalid-value", "empty-value", "unknown-option", "repeated-option", "over-budget"] },
  404: { title: "Not Found", codes: ["not-found"] },
  405: { title: "Method Not Allowed", codes: ["method-not-allowed"] },
  410: { title: "Gone", codes: ["gone"] },
  414: { title: "URI Too Long", codes: ["too-long"] },
  429: { title: "Too Many Requests", codes: ["too-many-requests"], retry: true },
  431: { title: "Request Header Fields Too Large", codes: ["too-long"] },
  500: { title: "Internal Server Error", codes: ["internal-error"] },
  503: { title: "Service Unavailable", codes: ["busy"], retry: true },
} as const;

type ProblemStatus = keyof typeof PROBLEMS;

interface Problem {
  readonly status: ProblemStatus;
  readonly code: (typeof PROBLEMS)[ProblemStatus]["codes"][number];
  readonly detail: string;
  readonly key?: string;
  /** The body of the answer, if it is made already. */
  readonly body?: string;
}

interface Mistake extends Omit<Problem, "detail" | "body"> {
  /**
   * What is wrong: a key of the query, a header, or a part of the request line (`path`, `model`, `version`, `method`).
   */
  readonly key: string;
  readonly expected: string;
  readonly received: string;
}

/** An error that becomes the answer to the request. Thrown anywhere in the service. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem | Mistake, headers: Readonly<Record<string, string>> = {}) {
    const complete = "detail" in problem ? problem : { ...problem, detail: sentence(problem) };
    super(complete.detail);
    this.name = "ProblemError";
    this.problem = complete;
    this.headers = { ...("retry" in PROBLEMS[complete.status] && { "Retry-After": "1" }), ...headers };
  }

  /** The answer. */
  response(): Response {
    const headers = { "Content-Type": "application/problem+json", "Cache-Control": "no-store", ...this.headers };
    const body = new TextEncoder().encode(bodyOf(this.problem));
    return new Response(body, { status: this.problem.status, headers: { ...headers, "Content-Length": String(body.length) } });
  }
}

/** An invalid setting. The message is for the operator; a request is answered with 500. */
export class ConfigurationError extends TypeError {}

/** An operator's value in the message of such an error: a text in quotes, so that "1" is not taken for 1. */
export const asGiven = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : String(value));

const sentence = ({ key, expected, received }: Mistake): string => `Expected ${expected} for \`${key}\` but received ${received}`;

/** The answer for a thrown value. What is nobody's mistake is logged. */
export function problemErrorOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof OptionError) {
    const { code, option, expected, received } = error;
    return new ProblemError({ status: 400, code, key: option, expected, received, detail: error.message });
  }
  console.error(error instanceof ConfigurationError ? error.message : error);
  return new ProblemError({ status: 500, code: "internal-error", detail: "The server failed; the request was not at fault." });
}

const bodyOf = ({ status, code, body, ...rest }: Problem): string =>
  body ?? `${JSON.stringify({ type: "about:blank", title: PROBLEMS[status].title, status, code, ...rest }, null, 2)}\n`;

/** A problem whose body is made once, since clients may get it many times a second. */
export const prepared = (problem: Problem & Mistake): Problem => ({ ...problem, body: bodyOf(problem) });

/** The status of a request whose client left before the answer. */
export const CLIENT_LEFT = 499;

/** The error for an address whose part `key` is not one of the `known` values. */
export function notFound(key: string, known: readonly string[], received: string): ProblemError {
  const expected = `one of ${known.join(", ")}`;
  return new ProblemError({ status: 404, code: "not-found", key, expected, received: show(received) });
}

/** The error for a path that is not one of the `known` ones; an image whose seed contains slashes is told so. */
export function noSuchPath(known: readonly string[], path: string): ProblemError {
  const [, version, model, ...seed] = path.split("/");
  if (version !== "v1" || seed.length < 2 || !seed.at(-1)?.includes(".")) return notFound("path", known, path);
  const expected = `%2F for each slash of a seed, as in ${show(`/v1/${model}/${seed.join("%2F")}`)},`;
  return new ProblemError({ status: 404, code: "not-found", key: "path", expected, received: show(path) });
}

const METHODS = "GET, HEAD";

export function noSuchMethod(method: string): ProblemError {
  const mistake = { key: "method", expected: `one of ${METHODS}`, received: show(method) };
  return new ProblemError({ status: 405, code: "method-not-allowed", ...mistake }, { Allow: METHODS });
}
