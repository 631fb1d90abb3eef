/** What every page does: links the source code, puts the server's address into code, and keeps itself for when there is no network. */
import { trusted } from "../../widget/engine-thread.ts";
import { element, find } from "./dom.ts";
import { type Say, untilThere } from "./errors.ts";
import { SERVER, type Service, service } from "./service.ts";

/**
 * Call it once. (An import alone would be dropped: package.json says that modules have no side effects.) Resolves with what
 * the service says about itself. As long as that does not arrive, `say` tells so and offers to try again; a page that can do
 * without it says nothing.
 */
export async function startPage(say: Say = () => undefined): Promise<Service> {
  // Code that names the server's address has it from the page.
  for (const code of document.querySelectorAll("pre > code")) {
    const node = code.firstChild;
    if (node instanceof Text)
      node.data = node.data.replaceAll("https://your.server/", SERVER.href).replaceAll("https://your.server", SERVER.origin);
  }
  setTimeout(keepOffline, LATER);

  const answer = await untilThere(service, say);
  if (answer.source) find("footer", HTMLElement).append(element("a", { href: answer.source }, "Source code"));
  if (answer.budget === 0) document.documentElement.dataset.service = "none"; // what needs one is hidden (site.css)
  return answer;
}

/** Milliseconds after the page has loaded: its own images come first. */
const LATER = 2000;

/**
 * Has the service worker keep this page, what it loaded, and what threads of its own did. Pages without TLS have none; a
 * private window may forbid it.
 */
export async function keepOffline(ofThreads: readonly string[] = []): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  try {
    await serviceWorker.register(trusted(new URL("service-worker.js", SERVER).href), { updateViaCache: "none" });
    const { active } = await serviceWorker.ready;
    const files = [...performance.getEntriesByType("resource").map(({ name }) => name), ...ofThreads];
    active?.postMessage({ page: location.href, files: files.filter((name) => /\/assets\/|\/(embed\.js|base\.onnx)$/.test(name)) });
  } catch (error) {
    console.debug(error);
  }
}
