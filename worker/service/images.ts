/** An image, from what is asked for to its answer; and where finished ones are kept. */
import { LRUCache } from "lru-cache";
import { hex, joined } from "../../wasm-model/schema/bytes.ts";
import { admit, continueAfterAnswer, type RequestContext } from "./context.ts";
import type { AnswerCache } from "./hono.d.ts";
import type { Models, ServedModel } from "./models.ts";
import type { IMAGE_HEADERS } from "./openapi.ts";
import { ConfigurationError, logError } from "./problems.ts";
import { drawFile, imageRequest, MEDIA_TYPES, type Query } from "./request.ts";
import { answerNotModified, type Bytes, entityTag, type HeaderValues, IMMUTABLE, send, UNREPEATABLE } from "./send.ts";

/** What draws the images of a service, and what it has drawn. */
export interface Studio {
  readonly models: Models;
  readonly cache: ImageCache;
}

/**
 * The answer for an image: known by its tag? in memory? admitted (its ticket ends when the answer is read), in the operator's cache?
 * else its turn, drawn (unless an equal request's was meanwhile), kept and sent. Throws `OptionError` for what the model does not draw, a
 * `ProblemError` if the client has asked for too much, the signal's reason when it disconnects.
 */
export async function answerImage(
  context: RequestContext,
  { models, cache }: Studio,
  model: ServedModel,
  query: Query,
  cacheControl: string,
): Promise<Response> {
  const { c, client, allowance, report } = context;
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
  if (c.req.method === "HEAD") return new Response(null, { headers });
  const inMemory = isRepeatable ? cache.inMemory(url) : undefined;
  report.isCached = inMemory !== undefined;
  if (inMemory) return send(context, inMemory, headers);

  const ticket = admit(context, cost);
  try {
    let file = isRepeatable ? await cache.find(context, url) : undefined;
    if (!file) {
      allowance?.spend(client, cost);
      const loaded = await models.load(model, signal);
      await ticket.takeTurn(signal, () => cache.inMemory(url) !== undefined); // an equal request may have its turn before
      file = cache.inMemory(url);
      if (!file) {
        report.ticket = ticket;
        file = await drawFile(request, loaded, ticket, signal);
        if (isRepeatable) cache.keep(context, url, MEDIA_TYPES[format], file);
      }
      ticket.endTurn();
    }
    report.isCached = report.ticket === undefined;
    return send(context, file, headers, ticket);
  } catch (error) {
    ticket.end();
    throw error;
  }
}

/** Bytes in this isolate's memory, of the 128 MB that a Worker has. */
const MAX_BYTES = 8_388_608;

/** Milliseconds: how long the operator's cache is waited for, and how long it is left alone after a failure. */
const PATIENCE = 1000;
const PAUSE = 60_000;

/** Keys of the platform's cache must be URLs; the domain `invalid` belongs to nobody. */
const cacheKey = (url: string): string => `https://finished.invalid${url}`;

/** The header by which an answer of the operator's cache is known to be what was put there: a hash over address and bytes. */
const HASH = "X-Anneal-Hash";

async function hashOf(url: string, file: Bytes): Promise<string> {
  const text = new TextEncoder().encode(`${url}\n`);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", joined([text, file]))));
}

/** The images of one service, by permanent address, in this isolate's memory and in the operator's cache. It holds bytes, never promises. */
export class ImageCache {
  #failedAt = Number.NEGATIVE_INFINITY;
  readonly #memory = new LRUCache<string, Bytes>({ maxSize: MAX_BYTES, sizeCalculation: (file, key) => key.length + file.length });

  /** The file in this isolate's memory. */
  inMemory(url: string): Bytes | undefined {
    return this.#memory.get(url);
  }

  /** The file in the operator's cache. Any answer but what was put there counts as none. */
  async find({ settings }: RequestContext, url: string): Promise<Bytes | undefined> {
    const file = await this.#ask(settings.cache, "match", async (cache) => {
      const answer = await cache.match(cacheKey(url));
      if (answer?.status !== 200) return undefined;
      const found = new Uint8Array(await answer.arrayBuffer());
      return answer.headers.get(HASH) === (await hashOf(url, found)) ? found : undefined;
    });
    if (file) this.#memory.set(url, file);
    return file;
  }

  keep({ c, settings }: RequestContext, url: string, mediaType: string, file: Bytes): void {
    this.#memory.set(url, file);
    const stored = this.#ask(settings.cache, "put", async (cache) => {
      const headers = { "Content-Type": mediaType, "Content-Length": String(file.length), "Cache-Control": IMMUTABLE };
      await cache.put(cacheKey(url), new Response(file, { headers: { ...headers, [HASH]: await hashOf(url, file) } }));
    });
    continueAfterAnswer(c, stored);
  }

  /** What the cache says to this question, for which it is waited a second; undefined if it fails, and for a minute after it has failed. Never throws. */
  async #ask<T>(
    cache: AnswerCache | undefined,
    method: keyof AnswerCache,
    question: (cache: AnswerCache) => Promise<T>,
  ): Promise<T | undefined> {
    if (!cache || Date.now() - this.#failedAt < PAUSE) return undefined;
    let timer!: ReturnType<typeof setTimeout>;
    const late = new Promise<never>((_, reject) => {
      const error = new ConfigurationError(`Expected \`cache.${method}\` to end within ${PATIENCE} ms but it did not`);
      timer = setTimeout(reject, PATIENCE, error);
    });
    try {
      return await Promise.race([question(cache), late]);
    } catch (error) {
      if (Date.now() - this.#failedAt >= PAUSE) logError(error);
      this.#failedAt = Date.now();
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
