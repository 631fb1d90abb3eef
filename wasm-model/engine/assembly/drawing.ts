/** The module for what drawing an image does beside its network. */
export { gaussians, quantiles } from "./noise";
export { beginData, crc32, encodeRows } from "./png";
export { resizePlane } from "./resize";

/** The first address that the module does not use itself. */
export const heapBase: usize = __heap_base;
