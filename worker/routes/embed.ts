/** The files that `worker/node/build.ts` made: the widget at /embed.js and, under /assets/, what page and widget load. */
import type { Context } from "hono";
import type { Env } from "../env.ts";
import type { Route } from "../openapi/route.ts";

async function asset(c: Context<Env>): Promise<Response> {
  const response = await c.env.ASSETS.fetch(c.req.raw);
  return response.status === 404 ? c.notFound() : new Response(response.body, response);
}

export const embed: readonly Route[] = ["/embed.js", "/assets/*"].map((path) => ({ method: "get", path, handler: asset }));
