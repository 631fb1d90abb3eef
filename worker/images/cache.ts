/**
 * Cache of image files by permanent address, in this isolate's memory and in the data centre. It holds bytes, never
 * promises (single-flight.ts).
 */
import type { Context } from "hono";
import { LRUCache } from "lru-cache";
import { joined } from "../../wasm-model/schema/bytes.ts";
import { SingleFlight } from "../admission/single-flight.ts";
import { IMMUTABLE } from "../http/caching.ts";
import type { Env } from "../http/env.ts";
import type { AnswerCache } from "../http/hono.d.ts";
import type { ImageBytes } from "./image.ts";

/** Bytes in this isolate's memory, of the 128 MB that a Worker has. */
const MAX_BYTES = 8_388_608;

/** Milliseconds in which the other cache must give its answer, to the last byte. */
const PATIENCE = 1000;

/** Milliseconds that it is left alone after a failure: workerd alone has none, and to hear that takes 5 % of an image's time. */
const PAUSE = 60_000;

/** A file and where it was found. `none`: it was drawn for this request. */
export interface CachedImage {
  readonly file: ImageBytes;
  readonly where: "isolate" | "shared" | "none";
}

/** Keys of the platform's cache must be URLs; the domain `invalid` belongs to nobody. */
const cacheKey = (url: string): string => `https://finished.invalid${url}`;

/** The images of one service. */
export class ImageCache {
  #failedAt = Number.NEGATIVE_INFINITY;
  readonly #drawing = new SingleFlight<ImageBytes>();
  readonly #memory = new LRUCache<string, ImageBytes>({ maxSize: MAX_BYTES, sizeCalculation: (file, key) => key.length + file.length });

  /** Looks in this isolate's memory, then in the other cache if there is one. `type`: the media type of the file. */
  async find(c: Context<Env>, url: string, type: string): Promise<CachedImage | undefined> {
    const other = this.#other(c);
    const cached = this.#memory.has(url) || !other ? undefined : await this.#inTime(this.#storedIn(other, url, type));
    const inMemory = this.#memory.get(url); // after the wait, since it may have arrived meanwhile
    if (inMemory !== undefined) return { file: inMemory, where: "isolate" };
    if (!cached) return undefined;
    this.#memory.set(url, cached);
    return { file: cached, where: "shared" };
  }

  /**
   * The file at this address, which is not cached: from an equal request that is being drawn, or drawn now and cached.
   * `type`: the media type of the file. Throws what `draw` throws, the signal's reason when the client disconnects.
   */
  async drawnOnce(c: Context<Env>, url: string, type: string, draw: () => Promise<ImageBytes>): Promise<CachedImage> {
    const { value: file, isShared } = await this.#drawing.once(url, c.req.raw.signal, draw);
    if (!isShared) {
      this.#memory.set(url, file);
      const other = this.#other(c);
      if (other) c.executionCtx.waitUntil(store(other, url, file, type)); // after the answer is sent
    }
    return { file, where: isShared ? "isolate" : "none" };
  }

  #other({ env }: Context<Env>): AnswerCache | undefined {
    return Date.now() - this.#failedAt < PAUSE ? undefined : env.settings.cache;
  }

  /** The result of work that never throws, or undefined if it takes longer than PATIENCE, which counts as a failure. */
  async #inTime<T>(work: Promise<T>): Promise<T | undefined> {
    let timer!: ReturnType<typeof setTimeout>;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        this.#failedAt = Date.now();
        resolve(undefined);
      }, PATIENCE);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * The file that the other cache has, if its answer is the one that was stored: a 200 of this type with all its bytes. A
   * cache that fails counts as empty; so does any other answer.
   */
  async #storedIn(cache: AnswerCache, url: string, type: string): Promise<ImageBytes | undefined> {
    let answer: Response | undefined;
    try {
      answer = await cache.match(cacheKey(url));
    } catch {
      this.#failedAt = Date.now();
    }
    try {
      if (!answer) return undefined;
      const length = Number(answer.headers.get("Content-Length") ?? Number.NaN);
      const isStored = answer.status === 200 && answer.headers.get("Content-Type") === type && length > 0;
      if (isStored && answer.body) return await wholeBody(answer.body, length);
      await answer.body?.cancel();
    } catch {}
    return undefined;
  }
}

/** The body if it has this length, otherwise undefined. No more than that is read. */
async function wholeBody(body: ReadableStream<Uint8Array>, length: number): Promise<ImageBytes | undefined> {
  const parts: Uint8Array[] = [];
  let read = 0;
  for await (const part of body) {
    parts.push(part);
    read += part.length;
    if (read > length) return undefined; // which cancels the body
  }
  return read === length ? joined(parts) : undefined;
}

/** Never throws: an image that is not stored is drawn again. */
async function store(cache: AnswerCache, url: string, file: ImageBytes, type: string): Promise<void> {
  const headers = { "Content-Type": type, "Content-Length": String(file.length), "Cache-Control": IMMUTABLE };
  try {
    await cache.put(cacheKey(url), new Response(file, { headers }));
  } catch {}
}
