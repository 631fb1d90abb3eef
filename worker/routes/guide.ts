/** GET /guide: the pages on how to use the service, with examples for this very server. */
import { etag } from "hono/etag";
import { CACHEABLE, RETAINED_HEADERS } from "../http/caching.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";
import { type GuidePage, guidePage } from "../site/guide/layout.ts";
import { contents, GUIDE } from "../site/guide/pages.ts";
import { answer, originOf } from "../site/layout.ts";
import { coverUrl } from "../site/state.ts";

export function guide(ready: ReadyModels): readonly Route[] {
  const route = (path: string, page?: GuidePage): Route => ({
    method: "get",
    path,
    middleware: etag({ retainedHeaders: RETAINED_HEADERS }),
    handler: async (c) => {
      const origin = originOf(c);
      const content = page ? page.body({ origin, model: ready.get(undefined, c.env) }) : contents();
      return answer(c, { ...guidePage(GUIDE, page, content), origin, path, image: coverUrl(ready, c.env) }, { caching: CACHEABLE });
    },
  });
  return [route("/guide"), ...GUIDE.map((page) => route(`/guide/${page.slug}`, page))];
}
