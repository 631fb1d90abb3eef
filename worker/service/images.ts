/** An image, from what is asked for to its answer. */
import type { ImageCache, Shared } from "./cache.ts";
import { admit, type RequestContext } from "./context.ts";
import type { Models, ServedModel } from "./models.ts";
import type { IMAGE_HEADERS } from "./openapi.ts";
import { drawFile, imageRequest, MEDIA_TYPES, type Query } from "./request.ts";
import { answerNotModified, type Bytes, entityTag, type HeaderValues, send, UNREPEATABLE } from "./send.ts";

/** What draws the images of a service, and what it has drawn and is drawing. */
export interface Studio {
  readonly models: Models;
  readonly cache: ImageCache;
  readonly drawing: Shared<Bytes>;
}

/**
 * The answer for an image: known by its tag? in memory? admitted (its ticket ends when the answer is read), in the operator's cache or
 * drawn for an equal request meanwhile? else its turn, drawn, kept and sent. Throws `OptionError` for what the model does not draw, a
 * `ProblemError` if the client has asked for too much, the signal's reason when it disconnects.
 */
export async function answerImage(
  context: RequestContext,
  { models, cache, drawing }: Studio,
  model: ServedModel,
  query: Query,
  cacheControl: string,
): Promise<Response> {
  const { c, site, report } = context;
  const { signal } = c.req.raw;
  const request = imageRequest(context, model, query);
  const { settings, format, cost, url } = request;
  const described: Record<keyof typeof IMAGE_HEADERS, string> = {
    "X-Seed": encodeURIComponent(settings.seed),
    "X-NFE": String(settings.nfe),
    "X-Cost": String(cost),
    "X-Model": model.name,
    "Content-Location": url,
  };
  const isRepeatable = cacheControl !== UNREPEATABLE;
  // The address determines the bytes, so the tag costs no sampling.
  const kept: HeaderValues = { ...described, "Cache-Control": cacheControl, ...(isRepeatable && { ETag: entityTag(url) }) };
  const known = answerNotModified(context, kept);
  report.isCached = known !== undefined;
  if (known) return known;

  const headers = { ...kept, "Content-Type": MEDIA_TYPES[format] };
  const inMemory = isRepeatable ? cache.inMemory(url) : undefined;
  if (c.req.method === "HEAD")
    return new Response(null, { headers: { ...headers, ...(inMemory && { "Content-Length": String(inMemory.length) }) } });
  report.isCached = inMemory !== undefined;
  if (inMemory) return send(context, inMemory, { ...headers, ...timing("isolate", 0) });

  const ticket = admit(context, drawing.has(url) ? 0 : cost);
  try {
    const call = isRepeatable ? await drawing.claim(url, signal) : undefined;
    let file = call?.value;
    let where: "isolate" | "shared" | "none" = "isolate";
    try {
      if (!file && isRepeatable) {
        file = await cache.find(context, url);
        where = "shared";
      }
      report.isCached = file !== undefined;
      if (!file) {
        ticket.pay(cost);
        report.ticket = ticket;
        const loaded = await models.load(model, site, signal);
        await ticket.takeTurn(signal);
        file = await drawFile(request, loaded, ticket, signal);
        ticket.endTurn();
        if (isRepeatable) cache.keep(context, url, MEDIA_TYPES[format], file);
        where = "none";
      }
      if (call) call.value = file;
    } finally {
      call?.end();
    }
    return send(context, file, { ...headers, ...timing(where, where === "none" ? cost : 0) }, ticket);
  } catch (error) {
    ticket.end();
    throw error;
  }
}

const timing = (where: string, cost: number) => ({ "Server-Timing": `cache;desc="${where}", cost;desc="${cost}"` });
