/** The Worker's application: which part answers which path. Some runtime has made the models ready. */
import { Hono } from "hono";
import { Work } from "./admission/work.ts";
import { checkedAddress } from "./http/address.ts";
import type { Env } from "./http/env.ts";
import { contentLength, contentPolicy, crossOrigin, headers } from "./http/headers.ts";
import { onError, onNotFound, readingOnly } from "./http/problems.ts";
import { reporting } from "./http/report.ts";
import { configured } from "./http/settings.ts";
import type { ReadyModels } from "./models/ready.ts";
import { addRoutes } from "./openapi/route.ts";
import { siteFile } from "./routes/files.ts";
import { health } from "./routes/health.ts";
import { models } from "./routes/models.ts";
import { openapi } from "./routes/openapi.ts";
import { sample } from "./routes/sample.ts";

export function createApp(ready: ReadyModels, work = new Work()): Hono<Env> {
  const app = new Hono<Env>();
  app.use(reporting, contentLength, headers, contentPolicy, checkedAddress, configured, crossOrigin, readingOnly);
  const api = [...sample(ready, work), ...models(ready, work), health(ready)];
  const routes = [...api, openapi(ready, api)];
  addRoutes(app, routes);
  const missing = onNotFound(routes.map(({ path }) => path));
  app.notFound(async (c) => (await siteFile(c, work)) ?? missing(c));
  app.onError(onError);
  return app;
}
