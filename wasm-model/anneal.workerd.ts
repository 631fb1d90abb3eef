/**
 * What `import ... from "anneal"` gives in Workers (package condition `workerd`): the same, with the runtime's builds
 * as modules of the bundle.
 */
export * from "./index.ts";
export { simd } from "./runtime/simd.workerd.ts";
