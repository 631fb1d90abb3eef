/** GET /openapi.json: the contract; GET /reference: a page to read it and try it out. */
import { type Context, Hono } from "hono";
import { etag } from "hono/etag";
import { html } from "hono/html";
import { contract } from "../contract.ts";
import type { Env } from "../env.ts";
import { CACHEABLE, RETAINED_HEADERS } from "../middleware/caching.ts";
import { pagePolicy } from "../middleware/security.ts";
import type { ReadyModels } from "../models/ready.ts";

export const reference = (ready: ReadyModels) => {
  let document: object | undefined;
  return new Hono<Env>()
    .use("/openapi.json", etag({ retainedHeaders: RETAINED_HEADERS }))
    .get("/openapi.json", async (c) => {
      document ??= contract(await ready.all(c.env), c.env);
      return c.json(document, 200, { "Cache-Control": CACHEABLE });
    })
    .get("/reference", (c: Context<Env>) => {
      c.header("Content-Security-Policy", pagePolicy());
      c.header("Cache-Control", CACHEABLE);
      return c.html(PAGE);
    });
};

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
