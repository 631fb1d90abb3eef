/** GET /health: whether the service is ready, for load balancers and monitors. It draws nothing and is not limited. */
import { UNREPEATABLE } from "../http/caching.ts";
import type { ReadyModels } from "../models/ready.ts";
import { type Route, record } from "../openapi/route.ts";

const MODEL = record({ name: { type: "string" }, version: { type: "string" } });

export const health = (ready: ReadyModels): Route => ({
  path: "/health",
  handler: (c) => {
    const models = ready.all().map(({ name, version }) => ({ name, version }));
    return c.json({ status: "ok", models }, 200, { "Cache-Control": UNREPEATABLE });
  },
  schema: {
    operationId: "getHealth",
    tag: "operating",
    summary: "Ask whether the service is ready",
    description:
      "Answers as soon as the service takes requests, with the versions of its models. It draws nothing, so it costs nothing and no limit applies to it.",
    answer: { name: "Health", schema: record({ status: { const: "ok" }, models: { type: "array", items: MODEL } }) },
  },
});
