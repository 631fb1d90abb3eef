/** The types of the files that wrangler's bundler imports. */
declare module "*.onnx" {
  const bytes: ArrayBuffer;
  export default bytes;
}

/** What `worker/node/build.ts` writes; tsconfig.json tells the bundler where it is. */
declare module "site-files" {
  const files: import("./service/context.ts").SiteFiles;
  export default files;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
