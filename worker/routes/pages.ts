/**
 * The pages that draw nothing themselves, and the files of all pages: /models/{model} and /model, the playground
 * /langevin, /guide, /reference with /openapi.json, and what `worker/node/build.ts` made: the widget at /embed.js and,
 * under /assets/, what page and widget load.
 */
import type { Context } from "hono";
import { etag } from "hono/etag";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { limitsOf } from "../admission/limits.ts";
import { CACHEABLE, IMMUTABLE, RETAINED_HEADERS, staticHeaders } from "../http/caching.ts";
import type { Env } from "../http/env.ts";
import { notFound } from "../http/problems.ts";
import { readAddress } from "../langevin/address.ts";
import { lessonPage } from "../langevin/lesson-page.ts";
import { LESSONS } from "../langevin/lessons.ts";
import { langevinPage } from "../langevin/page.ts";
import { CONTROLS } from "../langevin/scenes/index.ts";
import type { ReadyModels } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";
import { type GuidePage, guidePage } from "../site/guide/layout.ts";
import { contents, GUIDE } from "../site/guide/pages.ts";
import { answer, baseOf, originOf, shapeStyle } from "../site/layout.ts";
import { modelPage } from "../site/model.ts";
import type { RecordOnPage } from "../site/record.ts";
import { type ApiDocument, reference as body } from "../site/reference.ts";
import { coverUrl, firstLook, type PageState, sampleUrl } from "../site/state.ts";

/** Where the build puts a model's record. */
const recordPath = (name: string): string => `/assets/records/${name}.json`;

export const modelPages = (ready: ReadyModels): readonly Route[] =>
  ["/models/{model}", "/model"].map((route) => ({
    method: "get",
    path: route,
    handler: async (c) => {
      const name = c.req.param("model") ?? ready.names[0];
      const model = ready.find(name, c.env);
      if (!model) throw notFound("model", ready.names, name);
      const found = await c.env.ASSETS.fetch(`https://assets${recordPath(name)}`);
      const record = found.ok ? await found.json<RecordOnPage>() : undefined;
      const origin = originOf(c);
      const path = `/models/${encodeURIComponent(name)}`;
      const options = { seed: "card/0" };
      const state: PageState = {
        origin,
        base: baseOf(c),
        models: ready.names,
        model,
        options,
        own: {},
        ...limitsOf(c.env),
      };
      const shape = nativeShape(model.card);
      const page = {
        origin,
        path,
        title: `${name}, a model of Anneal`,
        description: `What the model ${name} draws, how good it is, and how it was made.`,
        image: sampleUrl(state, { ...options, size: 4 * shape.width }),
        script: "/assets/page.js",
        style: shapeStyle(shape),
        body: modelPage(state, record),
      };
      return answer(c, page, { caching: CACHEABLE });
    },
  }));

/** The playground and its sheets of tasks. */
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

export function guide(ready: ReadyModels): readonly Route[] {
  const route = (path: string, page?: GuidePage): Route => ({
    method: "get",
    path,
    middleware: etag({ retainedHeaders: RETAINED_HEADERS }),
    handler: async (c) => {
      const [origin, base] = [originOf(c), baseOf(c)];
      const models = { model: ready.get(undefined, c.env), firstLook: firstLook(ready, c.env) };
      const content = page ? page.body({ origin, base, ...models }) : contents(base);
      const shown = guidePage({ base, pages: GUIDE, current: page, content });
      return answer(c, { ...shown, origin, path, image: coverUrl(ready, c.env) }, { caching: CACHEABLE });
    },
  });
  return [route("/guide"), ...GUIDE.map((page) => route(`/guide/${page.slug}`, page))];
}

/** `api`: the routes that the document describes. */
export function reference(ready: ReadyModels, api: readonly Route[]): readonly Route[] {
  let document: object | undefined;
  const documentOf = async (env: Env["Bindings"]): Promise<object> => {
    const { openApiDocument } = await import("../openapi/document.ts"); // imported when it is asked for, not while an isolate starts
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
        const description = "Every route of the service with its parameters and answers, to read and to try out.";
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

/** The policy of the service worker, which fetches the pages. */
const SERVICE_WORKER = "default-src 'none'; connect-src 'self'";

/**
 * Hosts differ: workerd alone sets no media types, lists folders and sends ranges; Node's file system sets neither types
 * nor ETags. So they are asked for whole files, for HEAD too: an ETag is made of the content.
 */
async function asset(c: Context<Env>): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const headers = staticHeaders(pathname);
  if (!headers) return c.notFound();
  const tag = c.req.header("If-None-Match");
  const found = await c.env.ASSETS.fetch(new Request(c.req.url, tag === undefined ? {} : { headers: { "If-None-Match": tag } }));
  if (found.status === 404) return c.notFound();
  const response = new Response(found.body, found);
  const isImmutable = headers["Cache-Control"] === IMMUTABLE;
  response.headers.set("Cache-Control", isImmutable && search !== "" ? CACHEABLE : headers["Cache-Control"]);
  if (pathname === "/service-worker.js") response.headers.set("Content-Security-Policy", SERVICE_WORKER);
  if (found.status !== 304) response.headers.set("Content-Type", headers["Content-Type"]);
  if (isImmutable && !found.headers.has("ETag")) response.headers.set("ETag", `"${pathname.split("/").at(-1)}"`); // its name has a hash of its content
  return response;
}

export const embed: readonly Route[] = ["/embed.js", "/service-worker.js", "/assets/*"].map((path) => ({
  method: "get",
  path,
  middleware: etag({ retainedHeaders: RETAINED_HEADERS }),
  handler: asset,
}));
