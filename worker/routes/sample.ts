/**
 * Pictures by GET: /v1/{model}@{version}/{seed}.{format} names one for good, /v1/{model}/{seed}.{format} and /sample give what the model draws today. All give
 * the same bytes for the same options, and a stream of events to those who ask for one.
 */
import { type Context, Hono } from "hono";
import { OPTIONS } from "../../wasm-model/index.ts";
import type { Env } from "../env.ts";
import { CACHEABLE, has, IMMUTABLE, UNREPEATABLE } from "../middleware/caching.ts";
import { notFound, Refusal } from "../middleware/errors.ts";
import { checkBudget, limited } from "../middleware/limits.ts";
import type { ReadyModel, ReadyModels } from "../models/ready.ts";
import { findFinished, keepFinished } from "../pictures/cache.ts";
import { streamPicture, wantsEvents } from "../pictures/events.ts";
import { drawPicture, etagOf, fileOf, MEDIA_TYPES, type PictureRequest, permanentUrl, pictureRequest } from "../pictures/picture.ts";
import { ADDRESS_KEYS, type Format, parseQuery, queryOf, queryParser, valueError } from "../pictures/query.ts";
import { randomSeed } from "../pictures/random-seed.ts";

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

/** What versions look like (`modelVersion`). */
const VERSION = /^[0-9a-f]{8}$/;

/**
 * Of a path /v1/{model}[@{version}]/{seed}.{format}, still percent-encoded. Model, version and format are spelled in one way only; a seed that is spelled in another
 * way than our own addresses spell it is drawn, but not immutable. Throws `Refusal` or `OptionError`.
 */
async function addressOf(c: Ctx, ready: ReadyModels): Promise<Address> {
  const path = new URL(c.req.url).pathname;
  const [modelPart, file] = path.split("/").slice(2);
  const [name, version, ...more] = modelPart.split("@");
  const dot = file.lastIndexOf(".");
  if (dot < 0 || more.length > 0 || (version !== undefined && !VERSION.test(version))) {
    throw notFound("path", ["/v1/{model}/{seed}.{format}", "/v1/{model}@{version}/{seed}.{format}"], path);
  }
  const known = ready.names.find((one) => encodeURIComponent(one) === name);
  if (known === undefined) throw notFound("model", ready.names, name);
  const model = await ready.get(known, c.env);
  if (version !== undefined && version !== model.version) {
    const expected = `${model.version}, the model's version now`;
    throw new Refusal({ status: 410, code: "gone", key: "version", expected, received: JSON.stringify(version) });
  }
  const formats = OPTIONS.format.domain.values;
  const format = formats.find((known) => known === file.slice(dot + 1));
  if (!format) throw notFound("format", formats, file.slice(dot + 1));
  const seed = decodedSeed(file.slice(0, dot));
  const isPermanent = version !== undefined && encodeURIComponent(seed) === file.slice(0, dot);
  return { model, seed, format, cacheControl: isPermanent ? IMMUTABLE : CACHEABLE };
}

/** A seed without its percent signs. Throws `OptionError` when it is empty or they stand for no text. */
function decodedSeed(part: string): string {
  if (part === "") throw valueError("seed", "");
  try {
    return decodeURIComponent(part);
  } catch {
    throw valueError("seed", part);
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
