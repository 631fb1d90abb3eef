/** What /embed.js runs: registers `<anneal-sample>`. Models and images come from where this script came from, unless `src` says otherwise. */
import { crossOriginWorker, drawInThread } from "./device.ts";
import { AnnealSample } from "./element.ts";

const draw = drawInThread(() => crossOriginWorker(new URL("assets/thread.js", import.meta.url)));
const home = new URL(import.meta.url).origin;

/** A page may hold the script twice. */
if (!customElements.get("anneal-sample")) {
  customElements.define(
    "anneal-sample",
    class extends AnnealSample {
      protected override readonly draw = draw;
      protected override readonly home = home;
    },
  );
}
