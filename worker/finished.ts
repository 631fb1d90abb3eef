/**
 * Finished files, by what names them for good: some in this isolate's memory, all that may be kept in the data centre's cache. (Bytes, never promises: a
 * promise that belongs to another request may not come.)
 */
import { LRUCache } from "lru-cache";
import type { PictureFile } from "./picture.ts";

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

export async function findFinished(url: string): Promise<Found | undefined> {
  const known = memory.get(url);
  if (known !== undefined) return { file: known, where: "isolate" };
  const kept = await caches.default.match(cacheKey(url));
  if (!kept) return undefined;
  const file = new Uint8Array(await kept.arrayBuffer());
  memory.set(url, file);
  return { file, where: "edge" };
}

/** `wait`: keeps the request alive until the cache has it, after the answer. */
export function keepFinished(
  url: string,
  file: PictureFile,
  headers: Record<string, string>,
  wait: (promise: Promise<unknown>) => void,
): void {
  memory.set(url, file);
  wait(caches.default.put(cacheKey(url), new Response(file, { headers })));
}
