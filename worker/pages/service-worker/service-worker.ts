/**
 * Earlier releases kept pages for when there was no network. An installed service worker stays until its script replaces
 * it, so this one removes itself and what they kept.
 */
export {};

const worker = self as unknown as ServiceWorkerGlobalScope;

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(remove()));

async function remove(): Promise<void> {
  await caches.delete(`anneal-site ${worker.registration.scope}`);
  await caches.delete("anneal"); // models
  await worker.registration.unregister();
}
