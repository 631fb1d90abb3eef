/** The playground /langevin and its sheets of tasks. */
import { CACHEABLE } from "../http/caching.ts";
import { readAddress } from "../langevin/address.ts";
import { lessonPage } from "../langevin/lesson-page.ts";
import { LESSONS } from "../langevin/lessons.ts";
import { langevinPage } from "../langevin/page.ts";
import { CONTROLS } from "../langevin/scenes/index.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";
import { answer, baseOf, originOf } from "../site/layout.ts";
import { coverUrl } from "../site/state.ts";

export const langevin = (ready: ReadyModels): readonly Route[] => [
  {
    method: "get",
    path: "/langevin",
    handler: (c) => {
      const asked = readAddress(new URL(c.req.url).searchParams, CONTROLS);
      const { search } = new URL(c.req.url);
      const page = { ...langevinPage(asked, baseOf(c)), origin: originOf(c), path: `/langevin${search}`, image: coverUrl(ready, c.env) };
      const framing = asked.flags.includes("embed");
      return answer(c, page, { status: asked.problems.length === 0 ? 200 : 400, caching: CACHEABLE, framing });
    },
  },
  ...LESSONS.map(
    (lesson): Route => ({
      method: "get",
      path: `/langevin/lessons/${lesson.slug}`,
      handler: (c) => {
        const page = { ...lessonPage(lesson, baseOf(c)), origin: originOf(c), path: `/langevin/lessons/${lesson.slug}` };
        return answer(c, { ...page, image: coverUrl(ready, c.env) }, { caching: CACHEABLE });
      },
    }),
  ),
];
