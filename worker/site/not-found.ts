/** The page for an address that leads nowhere. Browsers get it; programs get the problem as JSON. */
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { html } from "hono/html";
import { UNREPEATABLE } from "../http/caching.ts";
import type { Env } from "../http/env.ts";
import { ProblemError } from "../http/problems.ts";
import { answer, baseOf, originOf } from "./layout.ts";

/** Below /v1/ there are no pages. */
const wantsPage = ({ req }: Context): boolean => !req.path.includes("/v1/") && (req.header("Accept")?.includes("text/html") ?? false);

function page(c: Context<Env>): Promise<Response> {
  const base = baseOf(c);
  const body = html`
    <h1>There is no such page</h1>
    <p class="lead">The address may be mistyped, or the page has moved. <a href="${base}/">Watch an image form</a>, or choose one of the pages above.</p>`;
  const shown = { origin: originOf(c), path: "", title: "No such page, Anneal", description: "There is no page at this address.", body };
  return answer(c, shown, { status: 404, caching: UNREPEATABLE });
}

/** `problem`: the answer for programs. */
export const pageOrNotFound =
  (problem: NotFoundHandler<Env>): NotFoundHandler<Env> =>
  (c) =>
    wantsPage(c) ? page(c) : problem(c);

/** The same for what a route does not find, such as a model. */
export const pageOrError =
  (problem: ErrorHandler<Env>): ErrorHandler<Env> =>
  (error, c) =>
    wantsPage(c) && error instanceof ProblemError && error.problem.status === 404 ? page(c) : problem(error, c);
