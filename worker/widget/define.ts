/**
 * What /embed.js runs: registers `<anneal-sample>`. Models and images come from where this script came from, unless `src` says otherwise. Where there is no DOM,
 * as on a server that renders pages, it does nothing.
 */
import { drawInThread } from "./device.ts";
import { AnnealSample } from "./element.ts";
import { type Script, startThread } from "./engine-thread.ts";

/** By the build. */
declare const THREAD: Script;

const server = new URL(".", import.meta.url);
const folder = new URL("assets/", server);
const draw = drawInThread((onProgress) => startThread(THREAD, folder, onProgress));

/** A page may hold the script twice. */
if (globalThis.customElements && !customElements.get("anneal-sample")) {
  customElements.define(
    "anneal-sample",
    class extends AnnealSample {
      protected override readonly drawOnDevice = draw;
      protected override readonly home = server.href;
    },
  );
}
