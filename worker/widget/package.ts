/**
 * `import "anneal/element"`: registers `<anneal-sample>` in a page that bundles it. The drawing thread is inside, so
 * that no bundler has to find it; the package's model is a file, which bundlers find by its address below. Without `src` no
 * service is asked: this model draws. Without a DOM the import does nothing.
 */
import { drawInThread } from "./device.ts";
import { register } from "./element.ts";
import { trusted } from "./engine-thread.ts";

/** Set by the build: the script of thread.ts. */
declare const THREAD_SCRIPT: string;

/** As the built script in dist sees it. */
const MODEL = new URL("../wasm-model/models/avatars/model.onnx", import.meta.url).href;

const draw = drawInThread(() => {
  const url = URL.createObjectURL(new Blob([THREAD_SCRIPT], { type: "text/javascript" }));
  return new Worker(trusted(url), { type: "module" });
});

register("anneal-sample", draw, { file: MODEL });
