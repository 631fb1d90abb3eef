/**
 * The script /embed.js: registers `<anneal-sample>`. Models and images come from the server of this script unless `src`
 * names another. Without a DOM, as in server-side rendering, it does nothing.
 */
import { drawInThread } from "./device.ts";
import { AnnealSample } from "./element.ts";
import { type Script, startThread } from "./engine-thread.ts";

/** Set by the build. */
declare const THREAD: Script;

const server = new URL(".", import.meta.url);
const folder = new URL("assets/", server);
const draw = drawInThread((onProgress) => startThread(THREAD, folder, onProgress));

/** A page may contain the script twice. */
if (globalThis.customElements && !customElements.get("anneal-sample")) {
  customElements.define(
    "anneal-sample",
    class extends AnnealSample {
      protected override readonly drawOnDevice = draw;
      protected override readonly home = server.href;
    },
  );
}
