/** The types of the files that wrangler's bundler imports. */
declare module "*.onnx" {
  const bytes: ArrayBuffer;
  export default bytes;
}

/** The module that `worker/node/build.ts` writes; tsconfig.json tells the bundler where it is. */
declare module "served-models" {
  export const entries: readonly import("./models/entry.ts").ModelEntry[];
  export const first: ArrayBuffer;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
