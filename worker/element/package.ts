/**
 * `import "anneal/element"`: registers `<anneal-sample>` in a page that bundles it. The package's model is a file, which
 * bundlers find by its address below. Without `src` no service is asked: this model draws. Without a DOM the import does nothing.
 */
import { drawInThread, startThread } from "../drawing/device.ts";
import { register } from "./element.ts";

register("anneal-sample", drawInThread(startThread), {
  /** As the built script in dist sees it. In a page of a blob's address, which has no other files, asking for it fails. */
  get file() {
    return new URL("../wasm-model/models/pixels/model.onnx", import.meta.url).href;
  },
});
