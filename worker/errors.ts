/**
 * What goes wrong, as RFC 9457 "problem details". A client's mistake is a 4xx that names the key, what was expected there and what was received;
 * `code` is stable, the texts are for people.
 */
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { OptionError } from "../wasm-model/index.ts";

interface Problem {
  readonly status: 400 | 404 | 405 | 500;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
  /** The query's key at fault, what it takes and what it got. */
  readonly key?: string;
  readonly expected?: string;
  readonly received?: string;
}

function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  return new Response(`${JSON.stringify({ type: "about:blank", ...problem }, null, 2)}\n`, {
    status: problem.status,
    headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store", ...headers },
  });
}

export const onError: ErrorHandler = (error, c) => {
  if (c.req.raw.signal.aborted) return new Response(null, { status: 499 }); // the client has left; nobody reads this
  if (error instanceof OptionError) {
    const { code, option, expected, received, message } = error;
    return problemResponse({ status: 400, title: "Bad Request", code, detail: message, key: option, expected, received });
  }
  console.error(error);
  return problemResponse({
    status: 500,
    title: "Internal Server Error",
    code: "internal-error",
    detail: "The server failed; the request was not at fault.",
  });
};

export const onNotFound: NotFoundHandler = (c) =>
  problemResponse({
    status: 404,
    title: "Not Found",
    code: "not-found",
    detail: `Expected one of /, /sample, /models, /embed.js for \`path\` but received ${c.req.path}`,
  });

export function onMethodNotAllowed(c: Context, methods: string[]): Response {
  const allowed = methods.join(", ");
  return problemResponse(
    {
      status: 405,
      title: "Method Not Allowed",
      code: "method-not-allowed",
      detail: `Expected one of ${allowed} for \`method\` but received ${c.req.method}`,
    },
    { Allow: allowed },
  );
}
