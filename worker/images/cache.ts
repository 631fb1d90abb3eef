/**
 * Cache of image files by permanent address, in this isolate's memory and in the data centre. It holds bytes, never
 * promises (single-flight.ts).
 */
import type { Context } from "hono";
import { LRUCache } from "lru-cache";
import { SingleFlight } from "../admission/single-flight.ts";
import { IMMUTABLE } from "../http/caching.ts";
import type { Env } from "../http/env.ts";
import type { ImageBytes } from "./image.ts";

/** Bytes in this isolate's memory, of the 128 MB that a Worker has. */
const MAX_BYTES = 8_388_608;

const drawing = new SingleFlight<ImageBytes>();

const memory = new LRUCache<string, ImageBytes>({ maxSize: MAX_BYTES, sizeCalculation: (file, key) => key.length + file.length });

/** A file and where it was found. `none`: it was drawn for this request. */
export interface CachedImage {
  readonly file: ImageBytes;
  readonly where: "isolate" | "edge" | "none";
}

/** A cache that fails, as on a workerd without one, counts as empty. */
const unconfigured = (): undefined => undefined;

/** Keys of the platform's cache must be URLs; the domain `invalid` belongs to nobody. */
const cacheKey = (url: string): string => `https://finished.invalid${url}`;

/** Looks in this isolate's memory, then in the other cache if there is one. */
export async function findCached({ env }: Context<Env>, url: string): Promise<CachedImage | undefined> {
  const cached = memory.has(url) ? undefined : await env.CACHE?.match(cacheKey(url)).catch(unconfigured);
  const inMemory = memory.get(url); // after the wait, since it may have arrived meanwhile
  if (inMemory !== undefined) return { file: inMemory, where: "isolate" };
  if (!cached) return undefined;
  const file = new Uint8Array(await cached.arrayBuffer());
  memory.set(url, file);
  return { file, where: "edge" };
}

/**
 * The file at this address, which is not cached: from an equal request that is being drawn, or drawn now and cached.
 * Throws what `draw` throws, the signal's reason when the client disconnects.
 */
export async function drawnOnce(c: Context<Env>, url: string, draw: () => Promise<ImageBytes>): Promise<CachedImage> {
  const { value: file, isShared } = await drawing.once(url, c.req.raw.signal, draw);
  if (!isShared) cache(c, url, file);
  return { file, where: isShared ? "isolate" : "none" };
}

/** Caches a file. It is written to the data centre's cache after the answer is sent. */
function cache(c: Context<Env>, url: string, file: ImageBytes): void {
  memory.set(url, file);
  const { CACHE } = c.env;
  if (CACHE)
    c.executionCtx.waitUntil(CACHE.put(cacheKey(url), new Response(file, { headers: { "Cache-Control": IMMUTABLE } })).catch(unconfigured));
}
