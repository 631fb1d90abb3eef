/** GET /health: whether the service is ready, for load balancers and monitors. It draws nothing and is not limited. */
import * as v from "valibot";
import { UNREPEATABLE } from "../http/caching.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";

const text = (description: string) => v.pipe(v.string(), v.description(description));

const HEALTH = v.strictObject({
  status: v.picklist(["ok"]),
  models: v.pipe(
    v.array(v.strictObject({ name: v.string(), version: text("Identifies the model's files; part of permanent addresses.") })),
    v.description("The models that it serves, the default one first."),
  ),
});

export const health = (ready: ReadyModels): Route => ({
  method: "get",
  path: "/health",
  handler: (c) => {
    const models = ready.all().map(({ name, version }) => ({ name, version }));
    return c.json({ status: "ok", models } satisfies v.InferOutput<typeof HEALTH>, 200, { "Cache-Control": UNREPEATABLE });
  },
  schema: {
    operationId: "getHealth",
    tag: "operating",
    summary: "Ask whether the service is ready",
    description:
      "Answers as soon as the service takes requests, with the versions of its models. It draws nothing, so it costs nothing and no limit applies to it.",
    answers: {
      200: {
        description: "The service is ready.",
        headers: ["Cache-Control"],
        content: { "application/json": { name: "Health", schema: HEALTH } },
      },
    },
    problems: [],
  },
});
