/** GET /langevin: the Langevin playground. Its query names the scene and the values of its controls. */
import { CACHEABLE } from "../http/caching.ts";
import { readAddress } from "../langevin/address.ts";
import { langevinPage } from "../langevin/page.ts";
import { CONTROLS } from "../langevin/scenes/index.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";
import { queryOf } from "../pictures/query.ts";
import { answer, baseOf, originOf } from "../site/layout.ts";
import { coverUrl } from "../site/state.ts";

export const langevin = (ready: ReadyModels): Route => ({
  method: "get",
  path: "/langevin",
  handler: (c) => {
    const asked = readAddress(new URLSearchParams(queryOf(c.req.url)), CONTROLS);
    const { search } = new URL(c.req.url);
    const page = { ...langevinPage(asked, baseOf(c)), origin: originOf(c), path: `/langevin${search}`, image: coverUrl(ready, c.env) };
    return answer(c, page, { status: asked.problems.length === 0 ? 200 : 400, caching: CACHEABLE });
  },
});
