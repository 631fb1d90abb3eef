/** The entry `anneal` in Workers (package condition `workerd`): the same, but the runtime's builds are modules of the bundle. */

import { simd } from "./engine/simd.workerd.ts";
import { loadModel as load, type Model, type ModelSource, type Runtime } from "./index.ts";

export * from "./index.ts";
export { simd };

/** Loads a model, by default on our own engine. */
export const loadModel = (source: ModelSource, { runtime = simd }: { readonly runtime?: Runtime } = {}): Promise<Model> =>
  load(source, { runtime });
