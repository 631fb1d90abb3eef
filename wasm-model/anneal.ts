/** The entry `anneal` in Node and browsers: the public API and the default runtime, with both of its builds embedded. */

import { simd } from "./engine/simd.ts";
import { loadModel as load, type Model, type ModelSource, type Runtime } from "./index.ts";

export * from "./index.ts";
export { simd };

/** Loads a model, by default on our own engine. */
export const loadModel = (source: ModelSource, { runtime = simd }: { readonly runtime?: Runtime } = {}): Promise<Model> =>
  load(source, { runtime });
