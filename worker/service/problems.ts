/**
 * Errors as RFC 9457 "problem details". A client's mistake is a 4xx that names the key, what was expected there and
 * what was received. `code` is stable; the texts are for people and may change.
 */
import { OptionError } from "../../wasm-model/index.ts";
import { shownValue } from "../../wasm-model/request/option-error.ts";

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

type Code = (typeof PROBLEMS)[ProblemStatus]["codes"][number];

interface Mistake {
  /** What is wrong: a key of the query, a header, a part of the request line (`path`, `model`, `version`, `method`), or `client`. */
  readonly key: string;
  readonly expected: string;
  readonly received: string;
}

/** An error that becomes the answer to the request. Thrown anywhere in the service. */
export class ProblemError extends Error {
  readonly status: ProblemStatus;
  readonly code: Code;
  readonly mistake: Mistake | undefined;
  readonly #headers: Readonly<Record<string, string>>;

  /** `detail`: by default it says the mistake. */
  constructor(
    status: ProblemStatus,
    code: Code,
    mistake?: Mistake,
    detail = sentence(mistake),
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = "ProblemError";
    this.status = status;
    this.code = code;
    this.mistake = mistake;
    this.#headers = headers;
  }

  /** The answer. */
  response(): Response {
    const { status, code, message: detail, mistake } = this;
    const { title, ...more } = PROBLEMS[status];
    const problem = { type: "about:blank", title, status, code, detail, ...mistake };
    const body = new TextEncoder().encode(`${JSON.stringify(problem, null, 2)}\n`);
    const headers = { "Content-Type": "application/problem+json", "Cache-Control": "no-store", "Content-Length": String(body.length) };
    return new Response(body, { status, headers: { ...headers, ...("retry" in more && { "Retry-After": "1" }), ...this.#headers } });
  }
}

/** An invalid setting. The message is for the operator; a request is answered with 500. */
export class ConfigurationError extends TypeError {}

const sentence = (mistake?: Mistake): string =>
  mistake
    ? `Expected ${mistake.expected} for \`${mistake.key}\` but received ${mistake.received}`
    : "The server failed; the request was not at fault.";

/** The answer for a thrown value. What is nobody's mistake is logged. */
export function problemErrorOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof OptionError) {
    const { code, option: key, expected, received, message } = error;
    return new ProblemError(400, code, { key, expected, received }, message);
  }
  logError(error);
  return new ProblemError(500, "internal-error");
}

/** Tells the operator what failed. */
export const logError = (error: unknown): void => console.error(error instanceof ConfigurationError ? error.message : error);

/** The status of a request whose client left before the answer. */
export const CLIENT_LEFT = 499;

/** The error for an address whose part `key` is not one of the `known` values. `gone`: it was one once. */
export const notFound = (key: string, known: readonly string[], received: string, gone = false): ProblemError =>
  new ProblemError(gone ? 410 : 404, gone ? "gone" : "not-found", {
    key,
    expected: `one of ${known.join(", ")}`,
    received: shownValue(received),
  });

/** The error for a path that is not one of the `known` ones; an image whose seed contains slashes is told so. */
export function noSuchPath(known: readonly string[], path: string): ProblemError {
  const [, version, model, ...seed] = path.split("/");
  if (version !== "v1" || seed.length < 2 || !seed.at(-1)?.includes(".")) return notFound("path", known, path);
  const expected = `%2F for each slash of a seed, as in ${shownValue(`/v1/${model}/${seed.join("%2F")}`)}`;
  return new ProblemError(404, "not-found", { key: "path", expected, received: shownValue(path) });
}

const METHODS = "GET, HEAD";

export const noSuchMethod = (method: string): ProblemError =>
  new ProblemError(405, "method-not-allowed", { key: "method", expected: `one of ${METHODS}`, received: shownValue(method) }, undefined, {
    Allow: METHODS,
  });
