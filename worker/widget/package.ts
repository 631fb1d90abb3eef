/**
 * `import "anneal/element"`: registers `<anneal-sample>` in a page that bundles it. The drawing thread is inside, so
 * that no bundler has to find it; the package's model is a file, which bundlers find by its address below. Without `src` no
 * service is asked: this model draws. Without a DOM the import does nothing.
 */
import { drawInThread } from "./device.ts";
import { AnnealSample } from "./element.ts";
import { trusted } from "./engine-thread.ts";

/** Set by the build: the script of thread.ts. */
declare const THREAD_SCRIPT: string;

/** As the built script in dist sees it. */
const MODEL = new URL("../wasm-model/models/avatars/model.onnx", import.meta.url).href;

const draw = drawInThread(() => {
  const url = URL.createObjectURL(new Blob([THREAD_SCRIPT], { type: "text/javascript" }));
  return new Worker(trusted(url), { type: "module" });
});

/** The page may already have the element from another copy, such as a server's /embed.js. */
if (globalThis.customElements && !customElements.get("anneal-sample")) {
  customElements.define(
    "anneal-sample",
    class extends AnnealSample {
      protected override readonly drawOnDevice = draw;
      protected override readonly home = { file: MODEL };
    },
  );
}
