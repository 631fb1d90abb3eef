/**
 * What goes wrong, as RFC 9457 "problem details". A client's mistake is a 4xx that names the key, what was expected there and what was received;
 * `code` is stable, the texts are for people.
 */
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { OptionError } from "../wasm-model/index.ts";
import { show } from "../wasm-model/options.ts";

interface Problem {
  readonly status: 400 | 404 | 405 | 500;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
}

interface Mistake extends Omit<Problem, "detail"> {
  /** What is at fault: a key of the query, or `path`, `model`, `method` of the request line. */
  readonly key: string;
  readonly expected: string;
  readonly received: string;
}

function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  return new Response(`${JSON.stringify({ type: "about:blank", ...problem }, null, 2)}\n`, {
    status: problem.status,
    headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store", ...headers },
  });
}

function mistakeResponse(mistake: Mistake, headers?: Record<string, string>): Response {
  const { key, expected, received } = mistake;
  const detail = `Expected ${expected} for \`${key}\` but received ${received}`;
  return problemResponse({ ...mistake, detail }, headers);
}

export const onError: ErrorHandler = (error, c) => {
  if (c.req.raw.signal.aborted) return new Response(null, { status: 499 }); // the client has left; nobody reads this
  if (error instanceof OptionError) {
    const { code, option, expected, received } = error;
    return mistakeResponse({ status: 400, title: "Bad Request", code, key: option, expected, received });
  }
  console.error(error);
  return problemResponse({
    status: 500,
    title: "Internal Server Error",
    code: "internal-error",
    detail: "The server failed; the request was not at fault.",
  });
};

export const onNotFound: NotFoundHandler = (c) => notFoundResponse("path", ["/", "/sample", "/models", "/embed.js"], c.req.path);

/** For an address of which a part, `key`, is none of the `known` ones. */
export function notFoundResponse(key: string, known: readonly string[], received: string): Response {
  const expected = `one of ${known.join(", ")}`;
  return mistakeResponse({ status: 404, title: "Not Found", code: "not-found", key, expected, received: show(received) });
}

export function onMethodNotAllowed(c: Context, methods: string[]): Response {
  const allowed = methods.join(", ");
  return mistakeResponse(
    {
      status: 405,
      title: "Method Not Allowed",
      code: "method-not-allowed",
      key: "method",
      expected: `one of ${allowed}`,
      received: show(c.req.method),
    },
    { Allow: allowed },
  );
}
