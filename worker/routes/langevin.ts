/** GET /langevin: the Langevin playground. Its query names the scene and the values of its controls. */
import { CACHEABLE } from "../middleware/caching.ts";
import { pagePolicy } from "../middleware/security.ts";
import type { Route } from "../openapi/route.ts";
import { queryOf } from "../pictures/query.ts";
import { readAddress } from "../site/langevin/address.ts";
import { langevinPage } from "../site/langevin/page.ts";
import { CONTROLS } from "../site/langevin/scenes/index.ts";

export const langevin: Route = {
  method: "get",
  path: "/langevin",
  handler: (c) => {
    const asked = readAddress(queryOf(c.req.url), CONTROLS);
    c.header("Content-Security-Policy", pagePolicy());
    c.header("Cache-Control", CACHEABLE);
    return c.html(langevinPage(asked), asked.problems.length === 0 ? 200 : 400);
  },
};
