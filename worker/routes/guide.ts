/** GET /guide: the pages on how to use the service, with examples for this very server. */
import { etag } from "hono/etag";
import { CACHEABLE, RETAINED_HEADERS } from "../http/caching.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";
import { type GuidePage, guidePage } from "../site/guide/layout.ts";
import { contents, GUIDE } from "../site/guide/pages.ts";
import { answer, baseOf, originOf } from "../site/layout.ts";
import { coverUrl } from "../site/state.ts";

export function guide(ready: ReadyModels): readonly Route[] {
  const route = (path: string, page?: GuidePage): Route => ({
    method: "get",
    path,
    middleware: etag({ retainedHeaders: RETAINED_HEADERS }),
    handler: async (c) => {
      const [origin, base] = [originOf(c), baseOf(c)];
      const content = page ? page.body({ origin, base, model: ready.get(undefined, c.env) }) : contents(base);
      const shown = guidePage({ base, pages: GUIDE, current: page, content });
      return answer(c, { ...shown, origin, path, image: coverUrl(ready, c.env) }, { caching: CACHEABLE });
    },
  });
  return [route("/guide"), ...GUIDE.map((page) => route(`/guide/${page.slug}`, page))];
}
