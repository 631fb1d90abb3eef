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

/** What `worker/node/build.ts` writes about the site's files, as a module. */
declare module "site-files" {
  export const files: import("./http/static-files.ts").SiteFiles;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
