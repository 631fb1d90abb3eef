/**
 * Keeps the pages that were visited, and their files, for when there is no network. With a network every page comes from
 * it, so nothing is ever stale; files whose names have a hash of their content never change. The base is kept once a visitor
 * has trained. Models and the drawing thread are in a cache of their own (widget/cache.ts); all other requests are left alone.
 */
export {};

const worker = self as unknown as ServiceWorkerGlobalScope;

/** The folder that the pages are in, with a slash at its end. */
const SCOPE = worker.registration.scope;
const CACHE = `anneal-site ${SCOPE}`;
/** Files that are no pages and whose names have no hash. */
const LATEST = [`${SCOPE}embed.js`, `${SCOPE}base.onnx`];

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

/** The addresses of a page and of what it has loaded. */
worker.addEventListener("message", (event) => {
  const { page, files } = event.data as { readonly page: string; readonly files: readonly string[] };
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      for (const url of new Set([page, ...files].map(keyOf)))
        if (url.startsWith(SCOPE) && !(await cache.match(url))) await cache.add(url).catch(() => undefined);
    })(),
  );
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(SCOPE)) return;
  const isFile = request.url.startsWith(`${SCOPE}assets/`);
  if (isFile) event.respondWith(kept(request));
  else if (request.mode === "navigate" || LATEST.includes(request.url)) event.respondWith(latest(event));
});

/** A file that never changes. */
async function kept(request: Request): Promise<Response> {
  return (await (await caches.open(CACHE)).match(keyOf(request.url))) ?? fetch(request);
}

/** The server's answer, or without a network the last good one. */
async function latest(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const cache = await caches.open(CACHE);
  const key = keyOf(request.url);
  try {
    const response = await fetch(request);
    if (response.ok && !response.redirected) event.waitUntil(cache.put(key, response.clone()).catch(() => undefined)); // without room it is used anyway
    return response;
  } catch (error) {
    const found = await cache.match(key);
    if (found) return found;
    throw error;
  }
}

/** A page is one file for all its states. */
const keyOf = (address: string): string => address.split(/[?#]/, 1)[0];
