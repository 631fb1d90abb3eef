/**
 * Keeps the site's pages for when there is no network. With a network every page and script comes from it, so nothing
 * is ever stale. The models and the drawing thread are in a cache of their own (widget/cache.ts); images, uploads and
 * all other requests are left alone. It lies beside the pages, wherever they are mounted, and sees no others.
 */
export {};

/**
 * Defined by the build: a hash of the site; the files that its pages load, by their paths below the scope; the pages as a
 * first visit leaves them; and those of them that draw, which may open with another model than the default one while their
 * address has no query. The pages of other models follow when they are seen.
 */
declare const VERSION: string;
declare const FILES: readonly string[];
declare const PAGES: readonly string[];
declare const DRAWING: readonly string[];

const worker = self as unknown as ServiceWorkerGlobalScope;

/** The folder that the pages are in, with a slash at its end. */
const SCOPE = worker.registration.scope;

/** Below the scope. */
const pathOf = (address: string): string => new URL(address).pathname.slice(new URL(SCOPE).pathname.length);

const PREFIX = `anneal-site ${SCOPE} `;
const CACHE = PREFIX + VERSION;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || !url.startsWith(SCOPE)) return;
  const path = pathOf(url);
  const isPage = mode === "navigate" && (PAGES.includes(path) || path.startsWith("models/"));
  if (isPage || FILES.includes(path)) event.respondWith(latest(event));
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  const load = async (path: string): Promise<void> => {
    const url = SCOPE + path;
    const response = await fetch(url, { cache: "no-cache" });
    if (response.ok) await keep(cache, url, response);
  };
  await Promise.all(FILES.map(load));
  for (const path of PAGES) await load(path).catch(() => undefined); // one after the other: the visitor's own images come first
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
  try {
    const response = ((await event.preloadResponse) as Response | undefined) ?? (await fetch(request));
    if (response.ok) {
      const copy = response.clone();
      event.waitUntil(caches.open(CACHE).then((cache) => keep(cache, request.url, copy)));
    }
    return response;
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(keyOf(request.url));
    if (kept) return kept;
    if (request.mode !== "navigate") throw error;
    return new Response(ABSENT, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" } });
  }
}

/** Keeps a good answer. A page of a model is also kept under the model's name, which its script may add to the address. */
async function keep(cache: Cache, address: string, response: Response): Promise<void> {
  const key = keyOf(address);
  const model = response.headers.get("X-Model");
  if (model) await cache.put(`${key.split("?")[0]}?${new URLSearchParams({ model })}`, response.clone());
  await cache.put(key, response);
}

/** A page without what its script reads from the address anyway. So there are as many as pages, models and scenes. */
function keyOf(address: string): string {
  const { origin, pathname, search, searchParams } = new URL(address);
  const isDefault = DRAWING.includes(pathOf(address)) && search !== "" && !searchParams.get("model");
  const kept = [...searchParams].filter(([name, value]) => ["model", "scene"].includes(name) && value !== "");
  const query = new URLSearchParams(isDefault ? { model: "" } : kept).toString();
  return origin + pathname + (query && `?${query}`);
}

const ABSENT = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>No network, Anneal</title><h1>No network</h1><p>This page has not been opened on this device yet. <a href="${SCOPE}">Pages that are here</a> work without a network.</p></html>`;
