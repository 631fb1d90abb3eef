/** Has the browser keep the pages (../offline/service-worker.ts), when this one has loaded and the visitor stays. */

/** Milliseconds after the page and its first images have loaded. */
const LATER = 2000;

/** Pages without TLS have none. */
const { serviceWorker } = navigator;

if (serviceWorker) {
  addEventListener("load", () => {
    setTimeout(() => {
      const url = new URL("../service-worker.js", import.meta.url);
      serviceWorker.register(url, { updateViaCache: "none" }).catch(console.debug); // a private window may forbid it
    }, LATER);
  });
}
