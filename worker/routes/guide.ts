/** GET /guide: the pages on how to use the service, with examples for this very server. */
import type { Context } from "hono";
import { etag } from "hono/etag";
import type { Env } from "../env.ts";
import { CACHEABLE, RETAINED_HEADERS } from "../middleware/caching.ts";
import { pagePolicy } from "../middleware/security.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";
import { type GuidePage, guidePage } from "../site/guide/layout.ts";
import { contents, GUIDE } from "../site/guide/pages.ts";

export function guide(ready: ReadyModels): readonly Route[] {
  const route = (path: string, page?: GuidePage): Route => ({
    method: "get",
    path,
    middleware: etag({ retainedHeaders: RETAINED_HEADERS }),
    handler: async (c) => {
      c.header("Content-Security-Policy", pagePolicy());
      c.header("Cache-Control", CACHEABLE);
      const context = { origin: originOf(c), model: await ready.get(undefined, c.env) };
      return c.html(guidePage(GUIDE, page, page ? page.body(context) : contents()));
    },
  });
  return [route("/guide"), ...GUIDE.map((page) => route(`/guide/${page.slug}`, page))];
}

const originOf = (c: Context<Env>): string => new URL(c.req.url).origin + (c.env.BASE ?? "");
