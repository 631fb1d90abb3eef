/**
 * Pictures by GET: /v1/{model}@{version}/{seed}.{format} names one for good, /v1/{model}/{seed}.{format} and /sample give what the model draws today. All give
 * the same bytes for the same options, and a stream of events to those who ask for one.
 */
import { type Context, Hono } from "hono";
import { CACHEABLE, has, IMMUTABLE, UNREPEATABLE } from "../caching.ts";
import type { Env } from "../env.ts";
import { notFound, Refusal } from "../errors.ts";
import { streamPicture, wantsEvents } from "../events.ts";
import { findFinished, keepFinished } from "../finished.ts";
import { checkBudget, limited } from "../limits.ts";
import { ADDRESS_KEYS, type Format, parseQuery, queryOf, queryParser, VALUES, valueError } from "../params.ts";
import { drawPicture, etagOf, fileOf, MEDIA_TYPES, type PictureRequest, permanentUrl, pictureRequest } from "../picture.ts";
import { randomSeed } from "../random-seed.ts";
import type { ReadyModel, ReadyModels } from "../sampler.ts";

type Ctx = Context<Env>;

const parseAddressQuery = queryParser(ADDRESS_KEYS);

export const sample = (ready: ReadyModels) =>
  new Hono<Env>()
    .get("/sample", async (c) => {
      const query = parseQuery(queryOf(c.req.url));
      const { seed } = query.options;
      const request = pictureRequest(await ready.get(query.model, c.env), query, seed ?? randomSeed());
      return answer(c, request, seed === undefined ? UNREPEATABLE : CACHEABLE);
    })
    .get("/v1/:model/:file", async (c) => {
      const { model, seed, format, cacheControl } = await addressOf(c, ready);
      return answer(c, pictureRequest(model, { ...parseAddressQuery(queryOf(c.req.url)), format }, seed), cacheControl);
    });

interface Address {
  readonly model: ReadyModel;
  readonly seed: string;
  readonly format: Format;
  readonly cacheControl: string;
}

/** Of a path /v1/{model}[@{version}]/{seed}.{format}, still percent-encoded. Throws `Refusal` or `OptionError`. */
async function addressOf(c: Ctx, ready: ReadyModels): Promise<Address> {
  const path = new URL(c.req.url).pathname;
  const [modelPart, file] = path.split("/").slice(2);
  const [name, version] = decoded(modelPart, "model").split("@", 2);
  const model = await ready.find(name, c.env);
  if (!model) throw notFound("model", ready.names, name);
  if (version !== undefined && version !== model.version) {
    const expected = `${model.version}, the model's version now`;
    throw new Refusal({ status: 410, code: "gone", key: "version", expected, received: JSON.stringify(version) });
  }
  const dot = file.lastIndexOf(".");
  if (dot < 0) throw notFound("path", ["/v1/{model}/{seed}.{format}"], path);
  const format = VALUES.format.safeParse(decoded(file.slice(dot + 1), "format"));
  if (!format.success) throw valueError("format", decoded(file.slice(dot + 1), "format"));
  const seed = decoded(file.slice(0, dot), "seed");
  if (seed === "") throw valueError("seed", "");
  return { model, seed, format: format.data as Format, cacheControl: version === undefined ? CACHEABLE : IMMUTABLE };
}

/** A part of a path without its percent signs. Throws `OptionError` when they stand for no text. */
function decoded(part: string, name: "model" | "seed" | "format"): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw valueError(name, part);
  }
}

async function answer(c: Ctx, request: PictureRequest, cacheControl: string): Promise<Response> {
  const { model, settings, format } = request;
  checkBudget(c.env, settings);
  const url = permanentUrl(request);
  const repeatable = cacheControl !== UNREPEATABLE;
  c.header("X-Seed", encodeURIComponent(settings.seed));
  c.header("X-NFE", String(settings.nfe));
  c.header("X-Model", model.name);
  c.header("Content-Location", url);
  c.header("Vary", "Accept");
  if (c.req.method === "GET" && wantsEvents(c)) return streamPicture(c, request, url);

  c.header("Cache-Control", cacheControl);
  if (repeatable) c.header("ETag", etagOf(url));
  if (repeatable && has(c.req.header("If-None-Match"), etagOf(url))) return c.body(null, 304);
  c.header("Content-Type", MEDIA_TYPES[format]);
  if (c.req.method === "HEAD") return c.body(null);
  const found = repeatable ? await findFinished(c, url) : undefined;
  c.header("Server-Timing", `cache;desc="${found?.where ?? "none"}", evaluations;desc="${found ? 0 : settings.nfe}"`);
  if (found) return c.body(found.file);
  const file = await limited(c, settings.nfe, async () => fileOf(await drawPicture(request, { signal: c.req.raw.signal }), request, url));
  if (repeatable) keepFinished(c, url, file);
  return c.body(file);
}
