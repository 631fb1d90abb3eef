/**
 * Cache of image files by permanent address, in this isolate's memory and in the data centre. It holds bytes, never
 * promises (once.ts).
 */
import { LRUCache } from "lru-cache";
import type { AnswerCache } from "./hono.d.ts";
import { Once } from "./once.ts";
import { type Asked, afterAnswer } from "./report.ts";
import { type ImageRequest, MEDIA_TYPES } from "./request.ts";
import { type Bytes, IMMUTABLE } from "./send.ts";
import type { Work } from "./work.ts";

/** Bytes in this isolate's memory, of the 128 MB that a Worker has. */
const MAX_BYTES = 8_388_608;

/** Milliseconds that it is left alone after a failure. */
const PAUSE = 60_000;

/** A file and where it was found. `none`: it was drawn for this request. */
export interface CachedImage {
  readonly file: Bytes;
  readonly where: "isolate" | "shared" | "none";
}

type Image = Pick<ImageRequest, "url" | "format">;

/** Keys of the platform's cache must be URLs; the domain `invalid` belongs to nobody. */
const cacheKey = (url: string): string => `https://finished.invalid${url}`;

/** The images of one service. */
export class ImageCache {
  #failedAt = Number.NEGATIVE_INFINITY;
  readonly #drawing = new Once<Bytes>();
  readonly #memory = new LRUCache<string, Bytes>({ maxSize: MAX_BYTES, sizeCalculation: (file, key) => key.length + file.length });

  /** Looks in this isolate's memory, then in the other cache if there is one. */
  async find(asked: Asked, image: Image): Promise<CachedImage | undefined> {
    const { url } = image;
    const other = this.#other(asked);
    const cached = this.#memory.has(url) || !other ? undefined : await this.#storedIn(other, image);
    const inMemory = this.#memory.get(url); // after the wait, since it may have arrived meanwhile
    if (inMemory !== undefined) return { file: inMemory, where: "isolate" };
    if (!cached) return undefined;
    this.#memory.set(url, cached);
    return { file: cached, where: "shared" };
  }

  /**
   * An image that is not cached: from an equal request that is drawing it, or drawn now and cached. Throws what `draw` throws,
   * a `ProblemError` if the client has too much in flight to wait, the signal's reason when it disconnects.
   */
  async drawnOnce(asked: Asked, work: Work, image: Image, draw: () => Promise<Bytes>): Promise<CachedImage> {
    const hold = () => work.reserve(asked, 0).end;
    const { value: file, isShared } = await this.#drawing.once(image.url, asked.c.req.raw.signal, draw, hold);
    if (!isShared) {
      this.#memory.set(image.url, file);
      const other = this.#other(asked);
      if (other) afterAnswer(asked.c, store(other, image, file));
    }
    return { file, where: isShared ? "isolate" : "none" };
  }

  #other({ settings: { cache } }: Asked): AnswerCache | undefined {
    return Date.now() - this.#failedAt < PAUSE ? undefined : cache;
  }

  /** The file that the other cache has, if its answer is the one that was stored: any other answer, and a failure, counts as none. */
  async #storedIn(cache: AnswerCache, { url, format }: Image): Promise<Bytes | undefined> {
    try {
      const answer = await cache.match(cacheKey(url));
      if (!answer) return undefined;
      const file = new Uint8Array(await answer.arrayBuffer());
      const [type, length] = ["Content-Type", "Content-Length"].map((name) => answer.headers.get(name));
      const isStored = answer.status === 200 && type === MEDIA_TYPES[format] && file.length > 0 && length === String(file.length);
      return isStored ? file : undefined;
    } catch {
      this.#failedAt = Date.now();
      return undefined;
    }
  }
}

/** Never throws: an image that is not stored is drawn again. */
async function store(cache: AnswerCache, { url, format }: Image, file: Bytes): Promise<void> {
  const headers = { "Content-Type": MEDIA_TYPES[format], "Content-Length": String(file.length), "Cache-Control": IMMUTABLE };
  try {
    await cache.put(cacheKey(url), new Response(file, { headers }));
  } catch {}
}
