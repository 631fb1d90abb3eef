/** GET /openapi.json: the OpenAPI document; GET /reference: a page to read it and try it out. */
import { etag } from "hono/etag";
import { limitsOf } from "../admission/limits.ts";
import type { Env } from "../env.ts";
import { CACHEABLE, RETAINED_HEADERS } from "../http/caching.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";
import { answer, baseOf, originOf } from "../site/layout.ts";
import { type ApiDocument, reference as body } from "../site/reference.ts";
import { coverUrl } from "../site/state.ts";

/** `api`: the routes that the document describes. */
export function reference(ready: ReadyModels, api: readonly Route[]): readonly Route[] {
  let document: object | undefined;
  const documentOf = async (env: Env["Bindings"]): Promise<object> => {
    const { openApiDocument } = await import("../openapi/document.ts"); // what makes it runs when it is asked for, not while an isolate starts
    document ??= openApiDocument(api, { models: ready.all(), budget: limitsOf(env).budget });
    return { ...document, servers: [{ url: env.BASE || "/", description: "The server of this document." }] };
  };
  return [
    {
      method: "get",
      path: "/openapi.json",
      middleware: etag({ retainedHeaders: RETAINED_HEADERS }),
      handler: async (c) => c.json(await documentOf(c.env), 200, { "Cache-Control": CACHEABLE }),
    },
    {
      method: "get",
      path: "/reference",
      handler: async (c) => {
        const title = "API reference, Anneal";
        const description = "Every route of the service, its parameters and answers, to read and to try out.";
        const page = {
          origin: originOf(c),
          path: "/reference",
          title,
          description,
          image: coverUrl(ready, c.env),
          script: "/assets/reference.js",
          body: body((await documentOf(c.env)) as ApiDocument, baseOf(c)),
        };
        return answer(c, page, { caching: CACHEABLE });
      },
    },
  ];
}
