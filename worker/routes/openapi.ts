/** The OpenAPI document of the service, for programs and for the page that shows it. */
import { etag } from "hono/etag";
import { CACHEABLE, RETAINED_HEADERS } from "../http/caching.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";

/** `api`: the routes that the document describes. */
export function openapi(ready: ReadyModels, api: readonly Route[]): Route {
  let document: object | undefined;
  return {
    path: "/openapi.json",
    middleware: etag({ retainedHeaders: RETAINED_HEADERS }),
    handler: async (c) => {
      const { openApiDocument } = await import("../openapi/document.ts"); // imported when it is asked for, not while an isolate starts
      document ??= openApiDocument(api, { models: ready.all(), budget: c.env.settings.budget });
      const servers = [{ url: c.env.base || "/", description: "The server of this document." }];
      return c.json({ ...document, servers }, 200, { "Cache-Control": CACHEABLE });
    },
  };
}
