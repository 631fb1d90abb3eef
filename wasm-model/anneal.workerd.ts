/**
 * The entry `anneal` in Workers (package condition `workerd`): the same, but the runtime's builds are modules of the
 * bundle.
 */
export * from "./index.ts";
export { simd } from "./runtime/simd.workerd.ts";
