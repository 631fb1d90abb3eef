/**
 * Images by GET. /v1/{model}@{version}/{seed}.{format} is permanent. /v1/{model}/{seed}.{format} and /sample use the
 * current version of the model. All give the same bytes for the same options.
 */
import type { Context } from "hono";
import { randomSeed } from "../../wasm-model/request/options.ts";
import { send } from "../admission/send.ts";
import type { Work } from "../admission/work.ts";
import { CACHEABLE, has, IMMUTABLE, UNREPEATABLE } from "../http/caching.ts";
import { type Env, note } from "../http/env.ts";
import type { IMAGE_HEADERS } from "../http/headers.ts";
import { notFound } from "../http/problems.ts";
import { type CachedImage, ImageCache } from "../images/cache.ts";
import { drawImage, etagOf, fileOf, type ImageRequest, imageRequest, MEDIA_TYPES } from "../images/image.ts";
import { ADDRESS_KEYS, FORMATS, parseQuery, QUERY_NAMES, valueError } from "../images/query.ts";
import { addressed, type ReadyModels, splitVersion } from "../models/ready.ts";
import type { Route } from "../openapi/route.ts";

export function sample(ready: ReadyModels, work: Work): readonly Route[] {
  const cache = new ImageCache();
  return [
    {
      path: "/sample",
      handler: async (c) => {
        const query = parseQuery(c.req.url, QUERY_NAMES);
        const { seed } = query.options;
        const model = ready.get(query.model, c.env.site);
        note(c, { model: model.name });
        const request = imageRequest(c, model, query, seed ?? randomSeed());
        return answer(c, work, cache, request, seed === undefined ? UNREPEATABLE : CACHEABLE);
      },
      schema: {
        operationId: "drawSample",
        tag: "images",
        summary: "An image, with all options in the query",
        description:
          "Without a seed a random one is used; then the answer is not cached and has no `ETag`. `Content-Location` is the permanent address of the image in " +
          "any case.",
        query: QUERY_NAMES,
        answer: Object.values(MEDIA_TYPES),
      },
    },
    {
      path: "/v1/{model}/{seed}.{format}",
      handler: (c) => byAddress(c, ready, work, cache),
      schema: {
        operationId: "drawImage",
        tag: "images",
        summary: "An image at an address of its own",
        description:
          "Takes the same options as /sample and gives the same bytes. They may change when the model changes. If `@` and the version follow the model's name, the " +
          "address is permanent: the answer never changes and may be cached for a year, or the version is gone (410).",
        query: ADDRESS_KEYS,
        answer: Object.values(MEDIA_TYPES),
      },
    },
  ];
}

/**
 * The answer at a path /v1/{model}[@{version}]/{seed}.{format}, still percent-encoded. Model, version and format must be
 * spelled exactly. Throws `ProblemError` or `OptionError`.
 */
async function byAddress(c: Context<Env>, ready: ReadyModels, work: Work, cache: ImageCache): Promise<Response> {
  const path = new URL(c.req.url).pathname;
  const [segment, file] = path.split("/").slice(2);
  const dot = file.lastIndexOf(".");
  if (dot < 0) throw notFound("path", ["/v1/{model}/{seed}.{format}", "/v1/{model}@{version}/{seed}.{format}"], path);
  const [name, version] = splitVersion(segment);
  const model = addressed(c, ready, name, version);
  const [encodedSeed, extension] = [file.slice(0, dot), file.slice(dot + 1)];
  const format = FORMATS.find((known) => known === extension);
  if (!format) throw notFound("format", FORMATS, extension);
  const query = parseQuery(c.req.url, ADDRESS_KEYS);
  const request = imageRequest(c, model, { ...query, format }, decodedSeed(encodedSeed));
  return answer(c, work, cache, request, version === undefined ? CACHEABLE : IMMUTABLE);
}

/** A percent-decoded seed. Throws `OptionError` if it is empty or its encoding is invalid. */
function decodedSeed(part: string): string {
  try {
    if (part !== "") return decodeURIComponent(part);
  } catch {}
  throw valueError("seed", part);
}

async function answer(c: Context<Env>, work: Work, cache: ImageCache, request: ImageRequest, cacheControl: string): Promise<Response> {
  const { model, settings, format, cost, url } = request;
  const { signal } = c.req.raw;
  const tag = cacheControl === UNREPEATABLE ? undefined : etagOf(url);
  const described: Record<keyof typeof IMAGE_HEADERS, string> = {
    "X-Seed": encodeURIComponent(settings.seed),
    "X-NFE": String(settings.nfe),
    "X-Cost": String(cost),
    "X-Model": model.name,
    "Content-Location": url,
  };
  for (const [name, value] of Object.entries(described)) c.header(name, value);
  c.header("Cache-Control", cacheControl);
  if (tag) c.header("ETag", tag);
  if (tag && has(c.req.header("If-None-Match"), tag)) {
    note(c, { isCached: true });
    return c.body(null, 304);
  }
  c.header("Content-Type", MEDIA_TYPES[format]);
  const found = tag ? await cache.find(c, url, MEDIA_TYPES[format]) : undefined;
  if (c.req.method === "HEAD") return c.body(null, 200, found && { "Content-Length": String(found.file.length) });
  const load = () => model.denoiser(signal);
  const draw = () => work.run(c, cost, load, async (job) => fileOf(await drawImage(request, job, signal), format));
  const drawn = async (): Promise<CachedImage> =>
    tag ? cache.drawnOnce(c, url, MEDIA_TYPES[format], draw) : { file: await draw(), where: "none" };
  const { file, where } = found ?? (await drawn());
  note(c, { isCached: where !== "none" });
  c.header("Server-Timing", `cache;desc="${where}", cost;desc="${where === "none" ? cost : 0}"`);
  return send(c, work, file);
}
