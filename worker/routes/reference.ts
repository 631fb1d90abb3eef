/** GET /openapi.json: the OpenAPI document; GET /reference: a page to read it and try it out. */
import { etag } from "hono/etag";
import { html } from "hono/html";
import { CACHEABLE, RETAINED_HEADERS } from "../middleware/caching.ts";
import { limitsOf } from "../middleware/limits.ts";
import { pagePolicy } from "../middleware/security.ts";
import type { ReadyModels } from "../models/ready.ts";
import { openApiDocument } from "../openapi/document.ts";
import type { Route } from "../openapi/route.ts";

/** `api`: the routes that the document describes. */
export function reference(ready: ReadyModels, api: readonly Route[]): readonly Route[] {
  let document: object | undefined;
  return [
    {
      method: "get",
      path: "/openapi.json",
      middleware: etag({ retainedHeaders: RETAINED_HEADERS }),
      handler: async (c) => {
        document ??= await openApiDocument(api, { models: ready.all(), ...limitsOf(c.env), base: c.env.BASE });
        return c.json(document, 200, { "Cache-Control": CACHEABLE });
      },
    },
    {
      method: "get",
      path: "/reference",
      handler: (c) => {
        c.header("Content-Security-Policy", pagePolicy());
        c.header("Cache-Control", CACHEABLE);
        return c.html(PAGE);
      },
    },
  ];
}

const PAGE = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Anneal: reference</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/assets/reference.css">
    <script type="module" src="/assets/reference.js"></script>
  </head>
  <body>
    <div id="reference"></div>
    <noscript><p>The reference is made of <a href="/openapi.json">/openapi.json</a>, by a script.</p></noscript>
  </body>
</html>`;
