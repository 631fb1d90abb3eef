/**
 * What `import ... from "anneal"` gives in Node and browsers: the public API and its default runtime, whose two builds
 * travel inside.
 *
 * @module anneal
 */
export * from "./index.ts";
export { simd } from "./runtime/simd.ts";
