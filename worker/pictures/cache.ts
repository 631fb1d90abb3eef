/**
 * Cache of picture files by permanent address, in this isolate's memory and in the data centre. It holds bytes, never promises (flights.ts).
 */
import type { Context } from "hono";
import { LRUCache } from "lru-cache";
import type { Env } from "../env.ts";
import { IMMUTABLE } from "../middleware/caching.ts";
import { drawOnce } from "./flights.ts";
import type { PictureFile } from "./picture.ts";

type Ctx = Context<Env>;

/** Bytes in this isolate's memory, of the 128 MB that a Worker has. */
const MAX_BYTES = 8_388_608;

const memory = new LRUCache<string, PictureFile>({ maxSize: MAX_BYTES, sizeCalculation: (file, key) => key.length + file.length });

/** A file and where it was found; `none`: it was drawn for this request. */
interface Found {
  readonly file: PictureFile;
  readonly where: "isolate" | "edge" | "none";
}

/** Keys of the platform's cache must be URLs; the domain `invalid` belongs to nobody. */
const cacheKey = (url: string): string => `https://finished.invalid${url}`;

/**
 * The file at this address: from this isolate's memory, from the data centre's cache if that is enabled, from an equal request that is being drawn, or drawn and
 * cached. Throws what `draw` throws, the signal's reason when the client disconnects.
 */
export async function cachedOrDrawn(c: Ctx, url: string, draw: () => Promise<PictureFile>): Promise<Found> {
  const edge = memory.has(url) || !c.env.EDGE_CACHE ? undefined : await caches.default.match(cacheKey(url));
  const inMemory = memory.get(url); // after the wait, during which it may have come
  if (inMemory !== undefined) return { file: inMemory, where: "isolate" };
  if (edge) {
    const file = new Uint8Array(await edge.arrayBuffer());
    memory.set(url, file);
    return { file, where: "edge" };
  }
  const { file, isShared } = await drawOnce(url, c.req.raw.signal, draw);
  if (!isShared) cache(c, url, file);
  return { file, where: isShared ? "isolate" : "none" };
}

/** Caches a file. It is written to the data centre's cache after the answer is sent. */
function cache(c: Ctx, url: string, file: PictureFile): void {
  memory.set(url, file);
  if (!c.env.EDGE_CACHE) return;
  c.executionCtx.waitUntil(caches.default.put(cacheKey(url), new Response(file, { headers: { "Cache-Control": IMMUTABLE } })));
}
