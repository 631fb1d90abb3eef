/**
 * Finished files, by what names them for good: some in this isolate's memory, all that may be kept in the data centre's cache. (Bytes, never promises: a
 * promise that belongs to another request may not come.)
 */
import type { Context } from "hono";
import { LRUCache } from "lru-cache";
import type { Env } from "../env.ts";
import { IMMUTABLE } from "../middleware/caching.ts";
import type { PictureFile } from "./picture.ts";

type Ctx = Context<Env>;

/** Bytes of this isolate's memory; a Worker has 128 MB. */
const MAX_BYTES = 8_388_608;

const memory = new LRUCache<string, PictureFile>({ maxSize: MAX_BYTES, sizeCalculation: (file, key) => key.length + file.length });

/** Where a file was found. */
export interface Found {
  readonly file: PictureFile;
  readonly where: "isolate" | "edge";
}

/** A key of the platform's cache must look like an address; this one is nobody's. */
const cacheKey = (url: string): string => `https://finished.invalid${url}`;

/** Looks into this isolate's memory, then into the data centre's cache where there is one. */
export async function findFinished({ env }: Ctx, url: string): Promise<Found | undefined> {
  const known = memory.get(url);
  if (known !== undefined) return { file: known, where: "isolate" };
  const kept = env.EDGE_CACHE ? await caches.default.match(cacheKey(url)) : undefined;
  if (!kept) return undefined;
  const file = new Uint8Array(await kept.arrayBuffer());
  memory.set(url, file);
  return { file, where: "edge" };
}

/** The data centre's cache gets it after the answer. */
export function keepFinished(c: Ctx, url: string, file: PictureFile): void {
  memory.set(url, file);
  if (!c.env.EDGE_CACHE) return;
  c.executionCtx.waitUntil(caches.default.put(cacheKey(url), new Response(file, { headers: { "Cache-Control": IMMUTABLE } })));
}
