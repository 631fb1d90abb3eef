/** HEAD: the length of the body that GET would send, where there is one. (Pictures are not drawn for it; their route knows the length of those it has cached.) */
import type { MiddlewareHandler } from "hono";
import type { Env } from "../env.ts";

export const contentLength: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  if (c.req.method !== "HEAD" || !c.res.body) return;
  const { byteLength } = await c.res.clone().arrayBuffer();
  c.header("Content-Length", String(byteLength));
};
