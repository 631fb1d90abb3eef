/**
 * The entry `anneal` in Node and browsers: the public API and the default runtime, with both of its builds embedded.
 *
 * @module anneal
 */
export * from "./index.ts";
export { simd } from "./runtime/simd.ts";
