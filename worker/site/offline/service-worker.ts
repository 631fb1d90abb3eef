/**
 * Keeps the site's pages for when there is no network. With a network every page and script comes from it, so nothing
 * is ever stale. The models and the drawing thread are in a cache of their own (widget/cache.ts); images, uploads and
 * all other requests are left alone. It lies beside the pages, wherever they are mounted, and sees no others.
 */
export {};

/**
 * Defined by the build: a hash of the site; the files that its pages load, by their paths below the scope; and the pages
 * as a first visit leaves them. Those of other models follow when they are seen.
 */
declare const VERSION: string;
declare const FILES: readonly string[];
declare const PAGES: readonly string[];

const worker = self as unknown as ServiceWorkerGlobalScope;

/** The folder that the pages are in, with a slash at its end. */
const SCOPE = worker.registration.scope;

const PREFIX = `anneal-site ${SCOPE} `;
const CACHE = PREFIX + VERSION;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || !url.startsWith(SCOPE)) return;
  const { pathname } = new URL(url);
  const path = pathname.slice(new URL(SCOPE).pathname.length);
  const isPage = mode === "navigate" && (PAGES.includes(path) || path.startsWith("models/"));
  if (isPage || FILES.includes(path)) event.respondWith(latest(event));
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  const keep = async (path: string): Promise<void> => {
    const url = SCOPE + path;
    const response = await fetch(url, { cache: "no-cache" });
    if (response.ok) await cache.put(url, response);
  };
  await Promise.all(FILES.map(keep));
  for (const path of PAGES) await keep(path).catch(() => undefined); // one after the other: the visitor's own images come first
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

/** The server's answer, or without a network the last good one. */
async function latest(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const key = keyOf(request.url);
  try {
    const response = ((await event.preloadResponse) as Response | undefined) ?? (await fetch(request));
    if (response.ok) {
      const copy = response.clone();
      event.waitUntil(caches.open(CACHE).then((cache) => cache.put(key, copy)));
    }
    return response;
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(key);
    if (kept) return kept;
    if (request.mode !== "navigate") throw error;
    return new Response(ABSENT, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" } });
  }
}

/** A page without what its script reads from the address anyway. So there are as many as pages, models and scenes. */
function keyOf(address: string): string {
  const { origin, pathname, searchParams } = new URL(address);
  const kept = [...searchParams].filter(([name, value]) => ["model", "scene"].includes(name) && value !== "");
  const query = new URLSearchParams(kept).toString();
  return origin + pathname + (query && `?${query}`);
}

const ABSENT = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>No network, Anneal</title><h1>No network</h1><p>This page has not been opened on this device yet. <a href="${SCOPE}">Pages that are here</a> work without a network.</p></html>`;
